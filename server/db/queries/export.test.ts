import { describe, expect, it } from 'vitest';
import {
  insertBot,
  insertRows,
  insertSnapshots,
  insertUser,
  NOON,
  tradeRow,
} from '../../test/support/factories.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import { pagesOfBot, pagesOfCalls, pagesOfSnapshots } from './export.ts';

const HOUR = 3_600_000;

async function world() {
  const db = await tempDatabase();
  await insertUser(db, { id: 'u' });
  for (const id of ['a', 'b']) await insertBot(db, { id, userId: 'u' });
  return db;
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<{ rows: T[]; pages: number }> {
  const rows: T[] = [];
  let count = 0;
  for await (const page of pages) {
    rows.push(...page);
    count += 1;
  }
  return { rows, pages: count };
}

describe('the rows of a bot, page by page', () => {
  it('are all there once, also when many are of one moment', async () => {
    const db = await world();
    const times = Array.from({ length: 250 }, (_, i) => NOON + Math.floor(i / 120));
    for (const botId of ['a', 'b'])
      await insertRows(
        db,
        'trades',
        times.map((executed_at, i) => tradeRow({ id: `${botId}${i}`, botId, userId: 'u', executed_at })),
      );
    const { rows, pages } = await all(pagesOfBot(db.read, 'trades', 'a'));
    expect(rows.map((row) => row['id'])).toEqual(times.map((_, i) => `a${i}`));
    expect(pages).toBe(3);
  });

  it('end with a full page', async () => {
    const db = await world();
    const rows = Array.from({ length: 100 }, (_, i) => tradeRow({ id: `t${i}`, botId: 'a', userId: 'u' }));
    await insertRows(db, 'trades', rows);
    expect((await all(pagesOfBot(db.read, 'trades', 'a'))).rows).toHaveLength(100);
    expect((await all(pagesOfBot(db.read, 'ledger_entries', 'a'))).rows).toEqual([]);
  });
});

describe('the requests to models', () => {
  it('are all there once, also those for no bot, and of this user only', async () => {
    const db = await world();
    await insertUser(db, { id: 'other' });
    const call = (i: number) => ({
      id: `c${String(i).padStart(3, '0')}`,
      user_id: i % 5 === 0 ? 'other' : 'u',
      bot_id: i % 5 === 1 ? 'a' : null,
      turn_id: null,
      provider_id: 'p',
      provider_type: 'openai',
      model: 'm',
      purpose: 'test' as const,
      started_at: NOON + Math.floor(i / 60),
      latency_ms: 1,
      tokens_in: 1,
      tokens_cached: 0,
      tokens_out: 1,
      cost_micros: null,
      failure: null,
      finish_reason: 'stop',
    });
    const calls = Array.from({ length: 300 }, (_, i) => call(i));
    await insertRows(db, 'llm_calls', calls);
    const { rows, pages } = await all(pagesOfCalls(db.read, 'u'));
    expect(rows).toEqual(calls.filter((row) => row.user_id === 'u'));
    expect(pages).toBe(3);
  });
});

describe('the snapshots of bots, hour by hour', () => {
  it('are all there once, across gaps, and of these bots only', async () => {
    const db = await world();
    const times = [NOON, NOON + 1, NOON + HOUR - 1, NOON + HOUR, NOON + 50 * HOUR];
    await insertSnapshots(
      db,
      times.flatMap((at) => ['a', 'b'].map((botId) => ({ botId, userId: 'u', at, value: 1 }))),
    );
    const { rows, pages } = await all(pagesOfSnapshots(db.read, ['a']));
    expect(rows.map((row) => [row['bot_id'], row['timestamp']])).toEqual(times.map((at) => ['a', at]));
    expect(pages).toBe(3);
    expect((await all(pagesOfSnapshots(db.read, []))).rows).toEqual([]);
  });
});
