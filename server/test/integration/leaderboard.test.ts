import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Period } from '../../contract/http/leaderboard.ts';
import { periodReturns, segmentOf, sharpeRatio } from '../../engine/metrics.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const HOUR = 60 * MINUTE;
const HOURS_PER_YEAR = 8760;
const WINDOW: Readonly<Record<Period, number>> = { day: 24, week: 168, month: 720, all: Infinity };
const hourOf = (at: number) => at - (at % HOUR);

interface Standing {
  readonly bot_id: string;
  readonly total_value: number;
  readonly return_fraction: number;
  readonly pnl: number;
  readonly max_drawdown: number | null;
  readonly sharpe: number | null;
  readonly trade_count: number;
  readonly win_rate: number | null;
}

/** One bot's figures from its snapshots and positions alone. */
async function standingOf(
  t: TestApp,
  botId: string,
  { period, now }: { period: Period; now: number },
): Promise<Standing> {
  const points = await t.db.read
    .selectFrom('bot_state_snapshots')
    .select(['timestamp', 'total_value'])
    .where('bot_id', '=', botId)
    .orderBy('timestamp')
    .execute();
  const from = hourOf(now) - WINDOW[period] * HOUR;
  const within = points.filter(({ timestamp }) => timestamp >= from);
  const before = points.findLast(({ timestamp }) => timestamp < from);
  const start = before?.total_value ?? 10_000;
  const end = points.at(-1)?.total_value ?? Number.NaN;
  const closed = (await t.positions(botId)).filter(
    ({ status, closed_at }) => status === 'closed' && (closed_at ?? 0) > (before?.timestamp ?? 0),
  );
  const won = closed.filter((row) => row.realized_micros + row.funding_micros - row.fees_micros > 0);
  const hours = [...Map.groupBy(within, ({ timestamp }) => hourOf(timestamp)).values()];
  const closes = hours.flatMap((hour) => hour.at(-1)?.total_value ?? []);
  const isAll = period === 'all';
  const values = within.map(({ total_value }) => total_value);
  const [first = start, ...rest] = isAll ? values : [start, ...values];
  return {
    bot_id: botId,
    total_value: end,
    return_fraction: (end - start) / start,
    pnl: end - start,
    max_drawdown: values.length < (isAll ? 2 : 1) ? null : segmentOf([first, ...rest]).maxDrawdown,
    // Of all time the hour that runs does not count yet.
    sharpe: sharpeRatio(periodReturns(isAll ? closes.slice(0, -1) : [start, ...closes]), HOURS_PER_YEAR),
    trade_count: closed.length,
    win_rate: closed.length === 0 ? null : won.length / closed.length,
  };
}

async function naiveBoard(t: TestApp, period: Period, now: number): Promise<Standing[]> {
  const bots = await t.db.read.selectFrom('bots').select('id').execute();
  const standings = await Promise.all(bots.map(({ id }) => standingOf(t, id, { period, now })));
  return standings.toSorted(
    (a, b) =>
      b.return_fraction - a.return_fraction ||
      (a.max_drawdown ?? 0) - (b.max_drawdown ?? 0) ||
      (a.bot_id < b.bot_id ? -1 : 1),
  );
}

const boardOf = (t: TestApp, period: Period) =>
  t.db.read.selectFrom('leaderboard').selectAll().where('period', '=', period).orderBy('rank').execute();

async function expectBoards(t: TestApp, now: number): Promise<void> {
  for (const period of ['day', 'week', 'month', 'all'] as const) {
    const [stored, naive] = [await boardOf(t, period), await naiveBoard(t, period, now)];
    expect(stored.map(({ bot_id }) => bot_id)).toEqual(naive.map(({ bot_id }) => bot_id));
    expect(stored.map(({ rank }) => rank)).toEqual(naive.map((_, i) => i + 1));
    for (const [i, { bot_id: _bot, ...figures }] of naive.entries())
      for (const [name, value] of Object.entries(figures)) {
        const figure = stored[i]?.[name as keyof typeof figures] ?? null;
        expect([period, name, figure === null]).toEqual([period, name, value === null]);
        expect(figure ?? 0, `${period} ${name}`).toBeCloseTo(value ?? 0, 6);
      }
  }
}

interface History {
  /** Minutes left out before each minute played, and the price then. */
  readonly minutes: readonly { readonly gap: number; readonly price: number }[];
  /** For each bot, what it does in its turns. */
  readonly answers: readonly (readonly ('LONG' | 'SHORT' | 'CLOSE' | 'HOLD')[])[];
}

const history: fc.Arbitrary<History> = fc.record({
  minutes: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.integer({ min: 20, max: 90 }), fc.integer({ min: 600, max: 9000 })),
      price: fc.integer({ min: 46_000, max: 54_000 }),
    }),
    { minLength: 45, maxLength: 45 },
  ),
  answers: fc.array(
    fc.array(fc.constantFrom('LONG', 'SHORT', 'CLOSE', 'HOLD'), { minLength: 45, maxLength: 45 }),
    { minLength: 4, maxLength: 4 },
  ),
});

const stepOf = (action: History['answers'][number][number]): FakeStep => [
  { action, symbol: 'BTCUSDT', size: 1500, leverage: 3, reasoning: 'By chance.' },
];

describe('the boards', () => {
  it.each([1, 2, 3])('are what the rows say, whatever happened (seed %d)', async (seed) => {
    const [drawn] = fc.sample(history, { seed, numRuns: 1 });
    if (!drawn) throw new RangeError('nothing drawn');
    await using t = await testApp();
    for (const answers of drawn.answers) await t.addBot(answers.map(stepOf), { settings: { cooldownMs: 0 } });
    for (const [i, { gap, price }] of drawn.minutes.entries()) {
      t.market.leaveOut(gap);
      await t.market.minute({ BTCUSDT: price, ETHUSDT: 2000 });
      if (i === 30) await t.restart();
      if (i % 9 === 0) await expectBoards(t, t.market.nextMinute);
    }
    await expectBoards(t, t.market.nextMinute);
    const trades = await t.db.read.selectFrom('trades').select('id').execute();
    expect(trades.length).toBeGreaterThan(10);
    const stored = await boardOf(t, 'month');
    await t.db.transaction((trx) => trx.deleteFrom('leaderboard').execute());
    await t.app.ctx.boards.refresh(t.market.nextMinute, new AbortController().signal);
    expect(await boardOf(t, 'month')).toEqual(stored);
  });

  it('rank equals always in the same order: the older bot first', async () => {
    await using t = await testApp();
    const bots = [];
    for (let no = 0; no < 5; no += 1) bots.push(await t.addBot());
    const ids = bots.map(({ botId }) => botId);
    for (let i = 0; i < 3; i += 1) {
      await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
      for (const period of ['day', 'all'] as const)
        expect((await boardOf(t, period)).map(({ bot_id }) => bot_id)).toEqual(ids);
      await t.restart();
    }
  });

  it('rank references with the others and place only the others', async () => {
    await using t = await testApp();
    const ids: string[] = [];
    for (let no = 0; no < 3; no += 1) ids.push((await t.addBot()).botId);
    await t.db.transaction(async (trx) => {
      const { user_id: house } = await trx
        .selectFrom('bots')
        .select('user_id')
        .where('id', '=', ids[1] ?? '')
        .executeTakeFirstOrThrow();
      await trx.updateTable('users').set({ is_house: 1 }).where('id', '=', house).execute();
      await trx
        .updateTable('llm_providers')
        .set({ provider_type: 'house', model_name: 'flat' })
        .where('user_id', '=', house)
        .execute();
    });
    await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
    const board = await boardOf(t, 'all');
    expect(board.map(({ bot_id, rank, place }) => [bot_id, rank, place])).toEqual([
      [ids[0], 1, 1],
      [ids[1], 2, null],
      [ids[2], 3, 2],
    ]);
  });

  it('say since when a bot has been watched, also after months', async () => {
    await using t = await testApp();
    await t.addBot();
    for (let i = 0; i < 3; i += 1) {
      await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
      t.market.leaveOut(20 * 24 * 60);
    }
    expect(await boardOf(t, 'all')).toMatchObject([{ from_at: DAWN + MINUTE - 1 }]);
  });
});
