import type { Server } from 'node:http';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { errorSchema } from '../../contract/http/common.ts';
import { createHttpServer } from '../../http/server.ts';
import { deleteBot, insertBot, insertRows, insertSnapshots, NOON, tradeRow } from '../support/factories.ts';
import { PUBLIC_READS } from '../support/public-reads.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';
import { fillReadWorld, HOUSE, USERS } from '../support/read-sample.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let empty: ReadWorld;
let world: ReadWorld;
let server: Server;
beforeAll(async () => {
  empty = await openReadWorld();
  world = await openReadWorld();
  await fillReadWorld(world);
  server = createHttpServer(world.ctx);
});
afterAll(async () => {
  await empty[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const get = async (path: string, status = 200) => {
  const answer = await request(server).get(path).expect(status);
  return answer.body;
};

/** The body without fields the contract does not name: nothing else may reach a stranger. */
const shapedBy = (schema: z.ZodType, body: unknown): unknown => schema.parse(body);

describe('the shape of every answer', () => {
  test.each(PUBLIC_READS)('$path with data', async ({ path, answer: schema }) => {
    const body = await get(path.replace(':botId', USERS.botId).replace(':symbol', 'BTCUSDT'));
    expect(shapedBy(schema, body)).toEqual(body);
    const lists = [body.items, body.bots, body.equity, body.feed].filter((list) => list !== undefined);
    expect(lists).not.toContainEqual([]);
  });

  test.each(PUBLIC_READS)('$path of an empty arena', async ({ path, answer: shape }) => {
    const url = path.replace(':botId', 'nobody').replace(':symbol', 'BTCUSDT');
    const answer = await request(createHttpServer(empty.ctx)).get(url);
    const isOfBot = path.includes(':botId');
    expect(answer.status).toBe(isOfBot ? 404 : 200);
    const schema = isOfBot ? errorSchema : shape;
    expect(shapedBy(schema, answer.body)).toEqual(answer.body);
  });
});

describe('figures', () => {
  test('a bot shows its book at the last marks', async () => {
    const bot = await get(`/api/v2/bots/${HOUSE.botId}`);
    // 9,500 cash + 500 margin + 0.1 × (51,000 − 50,000).
    expect(bot).toMatchObject({
      cash: 9500,
      margin: 500,
      unrealizedPnl: 100,
      totalValue: 10_100,
      winRate: null,
    });
    expect(bot.returnFraction).toBeCloseTo(0.01, 12);
    // An hour ago the 60th of 120 snapshots: 10,059.
    expect(bot.change1h).toBeCloseTo(10_100 / 10_059 - 1, 12);
    expect(bot.change24h).toBeNull();
    expect(bot.isReference).toBe(true);
    expect(bot.openPositions).toMatchObject([{ markPrice: 51_000, unrealizedPnl: 100, entryPrice: 50_000 }]);
    expect((await get('/api/v2/bots')).items).toContainEqual(
      expect.objectContaining({ id: HOUSE.botId, change1h: bot.change1h, totalValue: 10_100 }),
    );
  });

  test('the arena is one picture: its seq, feed newest first, curves oldest first', async () => {
    const arena = await get('/api/v2/arena?range=1h');
    expect(arena.seq).toBe(2);
    expect(arena.feed.map((item: { seq: number }) => item.seq)).toEqual([2, 1]);
    expect(arena.equity).toHaveLength(2);
    expect(arena.equity[0].points).toHaveLength(61);
    expect(arena.equity[0].points.at(-1)).toEqual([NOON, 10_119]);
  });
});

describe('histories', () => {
  const walk = async (url: string) => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; nextCursor: string | null } = await get(
        `${url}${cursor ? `&cursor=${cursor}` : ''}`,
      );
      ids.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  };

  test('pages hold every trade once, newest first, though several share an instant', async () => {
    const ids = await walk(`/api/v2/bots/${USERS.botId}/trades?limit=4`);
    expect(ids).toHaveLength(25);
    expect(new Set(ids).size).toBe(25);
    const whole = await get(`/api/v2/bots/${USERS.botId}/trades?limit=200`);
    expect(ids).toEqual(whole.items.map((item: { id: string }) => item.id));
    const times = whole.items.map((item: { executedAt: number }) => item.executedAt);
    expect(times).toEqual(times.toSorted((a: number, b: number) => b - a));
  });

  test('filters by symbol and time, ISO or epoch', async () => {
    const eth = await walk(`/api/v2/bots/${USERS.botId}/trades?symbol=ETHUSDT&limit=2`);
    expect(eth).toHaveLength(5);
    const from = NOON - MINUTE_MS;
    const iso = new Date(from).toISOString();
    expect(await walk(`/api/v2/bots/${USERS.botId}/trades?from=${from}&limit=3`)).toHaveLength(10);
    expect(await walk(`/api/v2/bots/${USERS.botId}/trades?from=${iso}&to=${iso}&limit=3`)).toHaveLength(5);
    expect(
      await walk(`/api/v2/bots/${USERS.botId}/trades?symbol=ETHUSDT&from=${from}&to=${from}&limit=3`),
    ).toEqual([`${USERS.botId}-trade-5`]);
  });

  test('positions by status and symbol', async () => {
    const url = `/api/v2/bots/${USERS.botId}/positions`;
    expect(await walk(`${url}?limit=2`)).toHaveLength(6);
    expect(await walk(`${url}?status=open&limit=1`)).toEqual([`${USERS.botId}-open`]);
    expect(await walk(`${url}?status=closed&limit=2`)).toHaveLength(5);
    expect(await walk(`${url}?status=closed&symbol=ETHUSDT&limit=1`)).toHaveLength(2);
    expect(await walk(`${url}?status=open&symbol=ETHUSDT&limit=1`)).toEqual([]);
  });

  test('snapshots are thinned evenly, newest first, ends kept', async () => {
    const { items, nextCursor } = await get(`/api/v2/bots/${USERS.botId}/snapshots?limit=10`);
    expect(items.length).toBeGreaterThan(8);
    expect(items.length).toBeLessThanOrEqual(10);
    expect(items[0]).toMatchObject({ timestamp: NOON, totalValue: 10_119, winRate: null });
    expect(nextCursor).toBeNull();
    const all = await get(`/api/v2/bots/${USERS.botId}/snapshots`);
    expect(all.items).toHaveLength(120);
  });

  test('a long span comes from the hours, of the present epoch only', async () => {
    await using long = await openReadWorld();
    await insertRows(long.db, 'users', [
      { id: 'u', username: 'u', role: 'user', password_hash: null, created_at: 0, deleted_at: null },
    ]);
    await insertBot(long.db, { id: 'b', userId: 'u', epoch: 2 });
    const days = 10;
    await insertSnapshots(
      long.db,
      Array.from({ length: days * 24 * 6 }, (_, i) => ({
        botId: 'b',
        userId: 'u',
        at: NOON - (days * 24 * 6 - 1 - i) * 10 * MINUTE_MS,
        value: i,
        epoch: i < 24 * 6 ? 1 : 2,
      })),
    );
    await long.load();
    const read = async (query: string) => {
      const answer = await request(createHttpServer(long.ctx)).get(`/api/v2/bots/b/snapshots${query}`);
      return answer.body.items as { timestamp: number; totalValue: number }[];
    };
    const hours = await read('');
    expect(hours.length).toBeGreaterThan((days - 1) * 24 - 2);
    expect(hours.length).toBeLessThanOrEqual((days - 1) * 24 + 1);
    expect(hours[0]).toMatchObject({ timestamp: NOON, totalValue: days * 24 * 6 - 1 });
    expect(Math.min(...hours.map((row) => row.totalValue))).toBeGreaterThanOrEqual(24 * 6);
    const few = await read('?limit=20');
    expect(few.length).toBeGreaterThan(10);
    expect(few.length).toBeLessThanOrEqual(20);
    expect(await read(`?from=${NOON - HOUR_MS}`)).toHaveLength(7);

    // The running hour is rolled up only when it is over: its last snapshot is known from memory.
    await long.db.transaction((trx) =>
      trx.deleteFrom('bot_equity_hours').where('hour_at', '=', NOON).execute(),
    );
    const lastPoint = () => ({ at: NOON, value: days * 24 * 6 - 1 });
    const running = { ...long.ctx, equityStats: { ...long.ctx.equityStats, lastPoint } };
    const answer = await request(createHttpServer(running)).get('/api/v2/bots/b/snapshots');
    expect(answer.body.items).toEqual(hours);
    const arena = await request(createHttpServer(running)).get('/api/v2/arena?range=all');
    expect(arena.body.equity[0].points.at(-1)).toEqual([NOON, days * 24 * 6 - 1]);
  });
});

describe('candles', () => {
  test.each([
    ['1m', 1],
    ['5m', 5],
    ['15m', 15],
    ['1h', 60],
    ['4h', 240],
    ['1d', 1440],
  ] as const)('%s joins the minutes of its bucket', async (interval, minutes) => {
    const { items } = await get(`/api/v2/markets/BTCUSDT/candles?interval=${interval}&limit=1000`);
    const last = items.at(-1);
    // The last minute stored begins one before noon.
    const end = NOON / MINUTE_MS;
    const start = Math.floor((end - 1) / minutes) * minutes;
    expect(last).toEqual({
      openedAt: start * MINUTE_MS,
      open: start,
      low: start - 1,
      high: end,
      close: end - 0.5,
      volume: 2 * (end - start),
    });
  });

  test.each(['1m', '5m', '15m'] as const)('%s from memory and from rows agree', async (interval) => {
    const url = `/api/v2/markets/BTCUSDT/candles?interval=${interval}&limit=1000`;
    const memory = await get(`${url}&from=${NOON - HOUR_MS}`);
    const rows = await get(url);
    expect(memory.items.length).toBeGreaterThan(3);
    expect(rows.items.slice(-memory.items.length)).toEqual(memory.items);
  });

  test('the last `limit` buckets of the span, oldest first', async () => {
    const to = NOON - 30 * HOUR_MS;
    const { items } = await get(`/api/v2/markets/ETHUSDT/candles?interval=1h&limit=5&to=${to}`);
    expect(items.map((item: { openedAt: number }) => item.openedAt)).toEqual(
      [4, 3, 2, 1, 0].map((i) => to - i * HOUR_MS),
    );
  });

  test('the running bucket grows, and those before it stay', async () => {
    const read = async (interval: string) =>
      (await get(`/api/v2/markets/ETHUSDT/candles?interval=${interval}&limit=48`)).items;
    const before = { '15m': await read('15m'), '1h': await read('1h') };
    const late = { symbol: 'ETHUSDT', openedAt: NOON, open: 1, high: 2, low: 0.5, close: 1.5, volume: 3 };
    const { openedAt, ...prices } = late;
    await insertRows(world.db, 'candles', [{ ...prices, opened_at: openedAt }]);
    world.market.candles = [...world.market.candles, late];
    for (const interval of ['15m', '1h'] as const) {
      const after = await read(interval);
      expect(after.at(-1)).toEqual({ openedAt, open: 1, high: 2, low: 0.5, close: 1.5, volume: 3 });
      expect(after.slice(-48, -1)).toEqual(before[interval].slice(-47));
    }
  });

  test('an unknown symbol is not found', async () => {
    const { error } = await get('/api/v2/markets/NOSUCH/candles', 404);
    expect(error.code).toBe('not-found');
  });
});

describe('what strangers may not see', () => {
  test("a user's bot keeps prompt, reasoning and outcomes; a house bot shows them", async () => {
    const mine = await request(server).get(`/api/v2/bots/${USERS.botId}/decisions`);
    expect(mine.text).not.toMatch(/private|secret/);
    expect(mine.body.items[0]).toMatchObject({ isRedacted: true, prompt: null, rawAnswer: null, turnNo: 1 });
    expect(mine.body.items[0].decisions).toMatchObject([{ action: 'LONG', reasoning: null, outcome: null }]);
    const house = await get(`/api/v2/bots/${HOUSE.botId}/decisions`);
    expect(house.items[0]).toMatchObject({ isRedacted: false, prompt: 'private prompt' });
    expect(house.items[0].decisions[0]).toMatchObject({
      reasoning: 'private reasoning',
      outcome: { code: 'opened' },
    });
  });

  test('nothing of the public answers holds a private word of a user', async () => {
    for (const { path } of PUBLIC_READS) {
      const { text } = await request(server).get(
        path.replace(':botId', USERS.botId).replace(':symbol', 'BTCUSDT'),
      );
      // The arena's feed holds the house bot's public reasoning, too.
      const isOfUser = path.includes(':botId');
      expect(text).not.toMatch(isOfUser ? /private|secret/ : new RegExp(`secret prompt of ${USERS.botId}`));
    }
  });

  test('a deleted bot and one that never was answer alike, and leave every list', async () => {
    await insertBot(world.db, { id: 'gone', userId: HOUSE.userId });
    await insertRows(world.db, 'trades', [
      tradeRow({ id: 'gone-trade', botId: 'gone', userId: HOUSE.userId }),
    ]);
    await deleteBot(world.db, 'gone');
    for (const tail of ['', '/trades', '/positions', '/decisions', '/snapshots']) {
      const [gone, never] = await Promise.all([
        get(`/api/v2/bots/gone${tail}`, 404),
        get(`/api/v2/bots/nope${tail}`, 404),
      ]);
      expect(JSON.stringify({ ...gone.error, requestId: '' }).replace('gone', 'nope')).toBe(
        JSON.stringify({ ...never.error, requestId: '' }),
      );
    }
    expect(JSON.stringify(await get('/api/v2/bots'))).not.toContain('"gone"');
    expect(JSON.stringify(await get('/api/v2/arena'))).not.toContain('"gone"');
  });
});

describe('queries that are not valid', () => {
  test.each([
    ['/api/v2/arena?range=2d', ['range']],
    ['/api/v2/bots?x=1', ['x']],
    [`/api/v2/bots/${USERS.botId}/trades?limit=0&from=yesterday&symbol=btc`, ['limit', 'from', 'symbol']],
    [`/api/v2/bots/${USERS.botId}/trades?limit=1&limit=2`, ['limit']],
    [`/api/v2/bots/${USERS.botId}/trades?cursor=abc`, ['cursor']],
    [`/api/v2/bots/${USERS.botId}/trades?cursor=${Buffer.from('[1,"x"]').toString('base64url')}`, ['cursor']],
    [`/api/v2/bots/${USERS.botId}/positions?status=half`, ['status']],
    [
      `/api/v2/bots/${USERS.botId}/positions?cursor=${Buffer.from('[1,2]').toString('base64url')}`,
      ['cursor'],
    ],
    ['/api/v2/markets/BTCUSDT/candles?interval=2m&limit=1e9', ['interval', 'limit']],
    ['/api/v2/leaderboard?period=year', ['period']],
  ])('%s', async (url, problems) => {
    const body = await get(url, 400);
    expect(shapedBy(errorSchema, body)).toEqual(body);
    expect(body.error.code).toBe('invalid-input');
    expect(body.error.details.map((detail: { path: string }) => detail.path).toSorted()).toEqual(
      problems.toSorted(),
    );
  });
});
