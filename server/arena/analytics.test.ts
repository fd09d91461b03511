import type { Insertable } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { botAnalyticsSchema } from '../contract/http/analytics.ts';
import type { PositionsTable } from '../db/schema/positions.ts';
import {
  deleteBot,
  insertBot,
  insertPosition,
  insertRows,
  insertUser,
  NOON,
} from '../test/support/factories.ts';
import { openReadWorld, type ReadWorld } from '../test/support/read-context.ts';
import { readBotAnalytics } from './analytics.ts';

const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1000, 60_000, 3_600_000, 86_400_000];
/** `NOON` is a Thursday. */
const MONDAY = NOON - 3 * DAY_MS;
const FRIDAY_MIDNIGHT = NOON + 12 * HOUR_MS;
const SUNDAY_END = NOON + 3 * DAY_MS + 12 * HOUR_MS - 1;
const own = { botId: 'b', userId: 'u' };
const ALL = { epoch: 'all' } as const;

let world: ReadWorld;

beforeEach(async () => {
  world = await openReadWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  await insertUser(world.db, { id: 'u' });
  for (const id of ['b', 'other']) await insertBot(world.db, { id, userId: 'u' });
  await world.load();
});

type Position = Partial<Insertable<PositionsTable>> & { readonly id: string; readonly heldMs?: number };

/** Money in USD. */
async function insertClosed(
  { heldMs = MINUTE_MS, ...position }: Position,
  money: { realized: number; fees?: number; funding?: number; insurance?: number },
): Promise<void> {
  const openedAt = position.opened_at ?? NOON;
  await insertPosition(world.db, {
    ...own,
    closed_at: openedAt + heldMs,
    ...position,
    opened_at: openedAt,
    realized_micros: Math.round(money.realized * 1e6),
    fees_micros: Math.round((money.fees ?? 0) * 1e6),
    funding_micros: Math.round((money.funding ?? 0) * 1e6),
    insurance_micros: Math.round((money.insurance ?? 0) * 1e6),
  });
}

/** Five trades with results of 54, -31.50, 0, -50.50 and 10 USD. */
async function insertFive(): Promise<void> {
  const [btc, eth] = [{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }];
  await insertClosed(
    {
      id: 'won',
      ...btc,
      position_type: 'LONG',
      size: 500,
      close_cause: 'take-profit',
      heldMs: 30 * SECOND_MS,
    },
    { realized: 60, fees: 5, funding: -1 },
  );
  await insertClosed(
    {
      id: 'lost',
      ...eth,
      position_type: 'SHORT',
      size: 200,
      close_cause: 'stop-loss',
      opened_at: NOON + HOUR_MS,
      heldMs: 10 * MINUTE_MS,
    },
    { realized: -30, fees: 2, funding: 0.5 },
  );
  await insertClosed(
    {
      id: 'even',
      ...btc,
      position_type: 'SHORT',
      size: 100,
      opened_at: FRIDAY_MIDNIGHT,
      heldMs: 2 * HOUR_MS,
    },
    { realized: 2, fees: 2 },
  );
  // A gap: the insurance paid what went beyond the margin, and that is part of what was realised.
  await insertClosed(
    {
      id: 'liquidated',
      ...btc,
      position_type: 'LONG',
      size: 50,
      close_cause: 'liquidation',
      opened_at: SUNDAY_END,
      heldMs: 8 * DAY_MS,
    },
    { realized: -49.55, fees: 0.95, insurance: 50.45 },
  );
  await insertClosed(
    {
      id: 'moved',
      ...eth,
      position_type: 'LONG',
      size: 1000,
      close_cause: 'legacy',
      legacy: 1,
      opened_at: MONDAY,
      heldMs: 5 * DAY_MS,
    },
    { realized: 10.51, fees: 0.51 },
  );
  await insertPosition(world.db, { id: 'open', ...own, status: 'open', realized_micros: 1e9 });
  await insertPosition(world.db, { id: 'foreign', botId: 'other', userId: 'u', realized_micros: 1e9 });
}

describe('closed positions', () => {
  it('add up to what was worked out by hand', async () => {
    await insertFive();
    const analytics = await readBotAnalytics(world.ctx, 'b');
    expect(botAnalyticsSchema.parse(analytics)).toEqual(analytics);
    expect(analytics.trades).toEqual({
      count: 5,
      legacyCount: 1,
      isCapped: false,
      wins: 2,
      losses: 2,
      // 54 - 31.50 + 0 - 50.50 + 10.
      net: -18,
      fees: 10.46,
      funding: -0.5,
      insurance: 50.45,
      winRate: 0.4,
      // (54 + 10) / (31.50 + 50.50).
      profitFactor: 64 / 82,
      averageWin: 32,
      averageLoss: -41,
      expectancy: -3.6,
      largestWin: 54,
      largestLoss: -50.5,
      medianHoldMs: 2 * HOUR_MS,
      // Rank 0.9 x 4 = 3.6: from 5 days 0.6 of the way to 8.
      p90HoldMs: 6.8 * DAY_MS,
    });
  });

  it('fall into groups', async () => {
    await insertFive();
    const analytics = await readBotAnalytics(world.ctx, 'b');
    const won = { count: 1, wins: 1, net: 54, fees: 5, funding: -1 };
    const lost = { count: 1, wins: 0, net: -31.5, fees: 2, funding: 0.5 };
    const even = { count: 1, wins: 0, net: 0, fees: 2, funding: 0 };
    const liquidated = { count: 1, wins: 0, net: -50.5, fees: 0.95, funding: 0 };
    const moved = { count: 1, wins: 1, net: 10, fees: 0.51, funding: 0 };
    expect(analytics.bySymbol).toEqual([
      { symbol: 'BTCUSDT', count: 3, wins: 1, net: 3.5, fees: 7.95, funding: -1 },
      { symbol: 'ETHUSDT', count: 2, wins: 1, net: -21.5, fees: 2.51, funding: 0.5 },
    ]);
    expect(analytics.bySide).toEqual([
      { side: 'LONG', count: 3, wins: 2, net: 13.5, fees: 6.46, funding: -1 },
      { side: 'SHORT', count: 2, wins: 0, net: -31.5, fees: 4, funding: 0.5 },
    ]);
    expect(analytics.byCloseCause).toEqual([
      { closeCause: 'decision', ...even },
      { closeCause: 'legacy', ...moved },
      { closeCause: 'liquidation', ...liquidated },
      { closeCause: 'stop-loss', ...lost },
      { closeCause: 'take-profit', ...won },
    ]);
    const atNoon = { count: 2, wins: 2, net: 64, fees: 5.51, funding: -1 };
    expect(analytics.byHour).toEqual([
      { hour: 0, ...even },
      { hour: 12, ...atNoon },
      { hour: 13, ...lost },
      { hour: 23, ...liquidated },
    ]);
    expect(analytics.byWeekday).toEqual([
      { weekday: 1, ...moved },
      { weekday: 4, count: 2, wins: 1, net: 22.5, fees: 7, funding: -0.5 },
      { weekday: 5, ...even },
      { weekday: 7, ...liquidated },
    ]);
    expect(analytics.byHoldTime).toEqual([
      { fromMs: 0, toMs: MINUTE_MS, ...won },
      { fromMs: 5 * MINUTE_MS, toMs: 15 * MINUTE_MS, ...lost },
      { fromMs: HOUR_MS, toMs: 4 * HOUR_MS, ...even },
      { fromMs: DAY_MS, toMs: 7 * DAY_MS, ...moved },
      { fromMs: 7 * DAY_MS, toMs: null, ...liquidated },
    ]);
  });

  it('are told apart by their return on margin', async () => {
    await insertFive();
    const { returns } = await readBotAnalytics(world.ctx, 'b');
    // 54 / 500, -31.50 / 200, 0 / 100, -50.50 / 50 and 10 / 1,000, which stands on an edge.
    expect(returns.filter(({ count }) => count > 0)).toEqual([
      { from: null, to: -1, count: 1 },
      { from: -0.25, to: -0.1, count: 1 },
      { from: 0, to: 0.01, count: 1 },
      { from: 0.01, to: 0.02, count: 1 },
      { from: 0.1, to: 0.25, count: 1 },
    ]);
    expect(returns).toHaveLength(16);
    expect(returns.slice(1).map(({ from }) => from)).toEqual(returns.slice(0, -1).map(({ to }) => to));
    expect(returns.at(-1)).toEqual({ from: 1, to: null, count: 0 });
  });

  it('are exact to the micro', async () => {
    for (const id of ['a', 'b', 'c']) await insertClosed({ id }, { realized: 0.2, fees: 0.1 });
    const { trades } = await readBotAnalytics(world.ctx, 'b');
    // 0.1 + 0.1 + 0.1 dollars would be 0.30000000000000004.
    expect([trades.net, trades.fees, trades.expectancy]).toEqual([0.3, 0.3, 0.1]);
  });

  it('leave undefined what is not defined without any', async () => {
    const analytics = await readBotAnalytics(world.ctx, 'b');
    expect(botAnalyticsSchema.parse(analytics)).toEqual(analytics);
    expect(analytics.trades).toMatchObject({ count: 0, legacyCount: 0, wins: 0, losses: 0, net: 0, fees: 0 });
    const undefinedYet = {
      winRate: null,
      profitFactor: null,
      averageWin: null,
      averageLoss: null,
      expectancy: null,
      largestWin: null,
      largestLoss: null,
      medianHoldMs: null,
      p90HoldMs: null,
    };
    expect(analytics.trades).toMatchObject(undefinedYet);
    expect(analytics).toMatchObject({ bySymbol: [], byHour: [], byHoldTime: [], months: [] });
    expect(analytics.model).toEqual({
      decisions: 0,
      isCapped: false,
      cost: null,
      tokensIn: null,
      tokensOut: null,
      latencyP50Ms: null,
      latencyP95Ms: null,
    });
  });

  it('have no profit factor while nothing was lost, and one of 0 while nothing was won', async () => {
    await insertClosed({ id: 'won' }, { realized: 1 });
    const { trades } = await readBotAnalytics(world.ctx, 'b');
    expect(trades).toMatchObject({ winRate: 1, profitFactor: null, averageLoss: null, largestLoss: null });
    await insertClosed({ id: 'lost', opened_at: NOON + DAY_MS }, { realized: -1 });
    const later = await readBotAnalytics(world.ctx, 'b', { from: NOON + DAY_MS });
    expect(later.trades).toMatchObject({ winRate: 0, profitFactor: 0, averageWin: null, largestWin: null });
  });

  it('count when they were closed within the range, its ends included', async () => {
    const closedAt = (at: number) =>
      insertClosed({ id: `at-${at}`, opened_at: at - HOUR_MS, heldMs: HOUR_MS }, { realized: 1 });
    for (const at of [NOON - 1, NOON, NOON + MINUTE_MS, NOON + HOUR_MS, NOON + HOUR_MS + 1])
      await closedAt(at);
    const count = async (query: Parameters<typeof readBotAnalytics>[2]) =>
      (await readBotAnalytics(world.ctx, 'b', query)).trades.count;
    expect(await count({ from: NOON, to: NOON + HOUR_MS })).toBe(3);
    expect(await count({ from: NOON })).toBe(4);
    expect(await count({ to: NOON })).toBe(2);
    await insertClosed({ id: 'at-once', opened_at: NOON, heldMs: 0 }, { realized: 1 });
    expect(await count({ to: NOON })).toBe(3);
  });

  it('count in the present epoch or in all', async () => {
    await insertBot(world.db, { id: 'reset', userId: 'u', epoch: 2 });
    await world.load();
    const ofReset = { botId: 'reset', userId: 'u' };
    await insertPosition(world.db, { id: 'r1', ...ofReset, epoch: 1 });
    await insertPosition(world.db, { id: 'r2', ...ofReset, epoch: 2 });
    expect(await readBotAnalytics(world.ctx, 'reset')).toMatchObject({ epoch: 2, trades: { count: 1 } });
    expect(await readBotAnalytics(world.ctx, 'reset', ALL)).toMatchObject({
      epoch: null,
      trades: { count: 2 },
    });
  });

  it('are all counted, however many share an instant', async () => {
    await insertClosed({ id: 'first' }, { realized: 1.000001 });
    const [first] = await world.db.read
      .selectFrom('positions')
      .selectAll()
      .where('id', '=', 'first')
      .execute();
    if (!first) throw new Error('no position');
    await insertRows(
      world.db,
      'positions',
      Array.from({ length: 4500 }, (_, i) => ({
        ...first,
        id: `p${i}`,
        opened_at: NOON - (i % 3) * SECOND_MS,
      })),
    );
    const { trades } = await readBotAnalytics(world.ctx, 'b');
    expect(trades).toMatchObject({ count: 4501, net: 4501.004501, isCapped: false });
  });

  it('of no bot, and of a deleted one, are not found', async () => {
    await deleteBot(world.db, 'other');
    for (const id of ['nobody', 'other'])
      await expect(readBotAnalytics(world.ctx, id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
