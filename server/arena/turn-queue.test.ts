import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TurnQueue } from './turn-queue.ts';

const bot = (userId: string, no = 0) => ({ userId, botId: `${userId}-${no}` });

function drain(queue: TurnQueue<ReturnType<typeof bot>>): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) taken.push(next.botId);
  return taken;
}

it('serves one bot of every user before a second of anyone', () => {
  const queue = new TurnQueue<ReturnType<typeof bot>>();
  for (let no = 0; no < 50; no += 1) queue.add(bot('many', no));
  queue.add(bot('one'));
  queue.add(bot('two', 0));
  queue.add(bot('two', 1));
  expect(drain(queue).slice(0, 6)).toEqual(['many-0', 'one-0', 'two-0', 'many-1', 'two-1', 'many-2']);
});

it('makes a user who asks again and again wait for the others', () => {
  const queue = new TurnQueue<ReturnType<typeof bot>>();
  queue.add(bot('greedy', 0));
  queue.add(bot('patient'));
  queue.take();
  queue.add(bot('greedy', 1));
  expect(drain(queue)).toEqual(['patient-0', 'greedy-1']);
});

it('keeps the place of a bot that waits already, and forgets a removed one', () => {
  const queue = new TurnQueue<ReturnType<typeof bot>>();
  for (const no of [0, 1, 0]) queue.add(bot('a', no));
  expect(queue.size).toBe(2);
  expect(queue.has('a-0')).toBe(true);
  queue.remove('a-0');
  queue.remove('unknown');
  expect(queue.has('a-0')).toBe(false);
  expect(drain(queue)).toEqual(['a-1']);
  expect(queue.size).toBe(0);
  queue.add(bot('a'));
  queue.remove('a-0');
  expect(queue.take()).toBeUndefined();
});

it('lets no user be served twice while another waits, whatever was added', () => {
  const adds = fc.array(fc.record({ user: fc.nat(4), no: fc.nat(9) }), { maxLength: 60 });
  fc.assert(
    fc.property(adds, (added) => {
      const queue = new TurnQueue<ReturnType<typeof bot>>();
      for (const { user, no } of added) queue.add(bot(`u${user}`, no));
      const waiting = new Set(added.map(({ user, no }) => `u${user}-${no}`));
      expect(queue.size).toBe(waiting.size);
      const served = drain(queue);
      expect(new Set(served)).toEqual(waiting);
      const users = served.map((id) => id.split('-')[0]);
      for (const [index, user] of users.entries()) {
        const again = users.indexOf(user, index + 1);
        // Who is served again has let everyone go first who waits still.
        const between = new Set(users.slice(index + 1, again < 0 ? undefined : again));
        const waitingStill = new Set(users.slice(index + 1).filter((later) => later !== user));
        expect(between).toEqual(waitingStill);
      }
    }),
  );
});
