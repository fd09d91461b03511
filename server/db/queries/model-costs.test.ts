import { expect, it } from 'vitest';
import { insertBot, insertUser, NOON } from '../../test/support/factories.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import type { Db } from '../database.ts';
import { addModelCost, costBefore, FOREVER } from './model-costs.ts';

const HOUR = 3_600_000;

async function world(): Promise<Db> {
  const db = await tempDatabase();
  await insertUser(db, { id: 'u' });
  for (const id of ['a', 'b']) await insertBot(db, { id, userId: 'u', epoch: 2 });
  return db;
}

const pay = (db: Db, hour: number, cost_micros: number) =>
  db.commit([addModelCost({ bot_id: 'a', hour_at: NOON + hour * HOUR, cost_micros })]);
const totalBefore = async (db: Db, hour: number) =>
  (await db.first(costBefore, { bot_id: 'a', epoch: 2, before: NOON + hour * HOUR }))?.total_micros;

it('adds up what a bot has cost, hour by hour', async () => {
  const db = await world();
  for (const [hour, micros] of [
    [0, 1],
    [0, 2],
    [1, 4],
    [5, 8],
  ] as const)
    await pay(db, hour, micros);
  expect(await totalBefore(db, 0)).toBeUndefined();
  expect(await Promise.all([1, 2, 5, 6].map((hour) => totalBefore(db, hour)))).toEqual([3, 7, 7, 15]);
  for (const other of [
    { bot_id: 'b', epoch: 2 },
    { bot_id: 'a', epoch: 1 },
  ])
    expect(await db.first(costBefore, { ...other, before: FOREVER })).toBeUndefined();
});

it('loses nothing when the clock begins a little earlier after a restart', async () => {
  const db = await world();
  await pay(db, 1, 10);
  await pay(db, 0, 1);
  await pay(db, 1, 100);
  expect(await totalBefore(db, 1)).toBeUndefined();
  expect(await totalBefore(db, 2)).toBe(111);
});
