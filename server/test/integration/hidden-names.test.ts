import request from 'supertest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ArenaResponse } from '../../contract/http/arena.ts';
import { createHttpServer } from '../../http/server.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';
import { fillReadWorld, HOUSE, turnEvents, USERS } from '../support/read-sample.ts';

const OFFENSIVE = 'an offensive name';

let world: ReadWorld;
beforeEach(async () => {
  world = await openReadWorld();
  await fillReadWorld(world);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

async function read<Answer>(path: string): Promise<Answer> {
  const answer = await request(createHttpServer(world.ctx)).get(`/api/v2${path}`).expect(200);
  return answer.body as Answer;
}

async function change(table: 'bots' | 'users', id: string, columns: object): Promise<void> {
  await world.db.transaction((trx) => trx.updateTable(table).set(columns).where('id', '=', id).execute());
}

const found = async (path: '/bots' | '/leaderboard', q: string) =>
  (await read<{ items: unknown[] }>(`${path}?q=${encodeURIComponent(q)}`)).items.length;

test.each(['/bots', '/leaderboard'] as const)('%s finds no name that is hidden', async (path) => {
  await change('bots', USERS.botId, { name: OFFENSIVE });
  await change('users', USERS.userId, { username: 'obscene' });
  expect([await found(path, OFFENSIVE), await found(path, 'obscene')]).toEqual([1, 1]);

  await change('bots', USERS.botId, { is_name_hidden: 1 });
  expect([await found(path, OFFENSIVE), await found(path, 'obscene')]).toEqual([0, 1]);
  await change('users', USERS.userId, { is_name_hidden: 1 });
  expect(await found(path, 'obscene')).toBe(0);
  expect(await found(path, `bot ${USERS.botId.slice(-6)}`)).toBe(1);
  expect(await found(path, `user ${USERS.userId.slice(-6)}`)).toBe(1);
});

test('the feed shows the names bots have now, whatever its events say', async () => {
  const names = async () =>
    new Map(
      (await read<ArenaResponse>('/arena')).feed.map(({ payload }) => [payload.botId, payload.botName]),
    );
  await change('bots', USERS.botId, { name: OFFENSIVE, is_name_hidden: 1 });
  await change('bots', HOUSE.botId, { name: 'renamed' });
  // An event makes the first screen anew.
  await world.db.commit(turnEvents(world, USERS, 2));
  expect(await names()).toEqual(
    new Map([
      [USERS.botId, `bot ${USERS.botId.slice(-6)}`],
      [HOUSE.botId, 'renamed'],
    ]),
  );
  const rows = await world.db.read.selectFrom('arena_events').select('payload_json').execute();
  expect(rows.every(({ payload_json }) => !payload_json.includes('renamed'))).toBe(true);
});
