import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

const full = () => new Error('full');

describe('a bounded queue', () => {
  it('runs so many at once, first come, first served', async () => {
    const queue = new BoundedQueue({ running: 2, waiting: 9 }, full);
    const [order, running]: [number[], { now: number; most: number }] = [[], { now: 0, most: 0 }];
    const work = (i: number) => async () => {
      order.push(i);
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      await Promise.resolve();
      running.now -= 1;
      return i;
    };
    expect(await Promise.all([0, 1, 2, 3, 4].map((i) => queue.run(work(i))))).toEqual([0, 1, 2, 3, 4]);
    expect({ order, most: running.most }).toEqual({ order: [0, 1, 2, 3, 4], most: 2 });
  });

  it('sends away who finds no place to wait, and nobody else', async () => {
    const queue = new BoundedQueue({ running: 1, waiting: 1 }, full);
    const gate = Promise.withResolvers<string>();
    const [first, second] = [queue.run(() => gate.promise), queue.run(() => Promise.resolve('second'))];
    await expect(queue.run(() => Promise.resolve('third'))).rejects.toThrow('full');
    gate.resolve('first');
    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
    expect(await queue.run(() => Promise.resolve('fourth'))).toBe('fourth');
  });

  it('lets nobody slip in when who waited takes the place of who left', async () => {
    const queue = new BoundedQueue({ running: 1, waiting: 2 }, full);
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const started: number[] = [];
    const all = [0, 1].map((i) =>
      queue.run(async () => {
        started.push(i);
        await gates[i]?.promise;
      }),
    );
    gates[0]?.resolve();
    await all[0];
    const last = queue.run(() => Promise.resolve(started.push(2)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await Promise.all([...all, last]);
    expect(started).toEqual([0, 1, 2]);
  });

  it('goes on after a failure', async () => {
    const queue = new BoundedQueue({ running: 1, waiting: 1 }, full);
    const failing = queue.run(() => Promise.reject(new Error('broken')));
    const next = queue.run(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });
});
