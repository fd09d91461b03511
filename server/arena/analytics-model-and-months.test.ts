import { CompiledQuery } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { compilePrepared, type PreparedQuery } from '../db/prepared.ts';
import { ANALYTICS_READS } from '../db/queries/analytics.ts';
import { insertBot, insertRows, insertSnapshots, insertUser, NOON } from '../test/support/factories.ts';
import { openReadWorld, type ReadWorld } from '../test/support/read-context.ts';
import { readBotAnalytics } from './analytics.ts';

const HOUR_MS = 3_600_000;
const own = { botId: 'b', userId: 'u' };

let world: ReadWorld;

beforeEach(async () => {
  world = await openReadWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  await insertUser(world.db, { id: 'u' });
  await insertBot(world.db, { id: 'b', userId: 'u' });
  await world.load();
});

describe('what a model was used', () => {
  interface Use {
    readonly cost: number | null;
    readonly tokens: readonly [number, number] | null;
    readonly latency: number | null;
    readonly at?: number;
    readonly epoch?: number;
  }

  async function insertUses(uses: readonly Use[]): Promise<void> {
    await insertRows(
      world.db,
      'bot_decisions',
      uses.map(({ cost, tokens, latency, at = NOON, epoch = 1 }, i) => ({
        id: `d${i}`,
        bot_id: 'b',
        user_id: 'u',
        turn_id: null,
        epoch,
        prompt_sent: '',
        raw_answer: null,
        decisions_json: '[]',
        notes_json: '[]',
        execution_success: 1,
        model: null,
        tokens_in: tokens?.[0] ?? null,
        tokens_out: tokens?.[1] ?? null,
        cost_micros: cost,
        latency_ms: latency,
        timestamp: at,
      })),
    );
  }

  it('adds up what is known', async () => {
    await insertUses([
      { cost: 1500, tokens: [2000, 100], latency: 300 },
      { cost: null, tokens: [1000, 50], latency: 100 },
      { cost: 250, tokens: null, latency: 200 },
      { cost: null, tokens: null, latency: null },
    ]);
    const { model } = await readBotAnalytics(world.ctx, 'b');
    expect(model).toEqual({
      decisions: 4,
      isCapped: false,
      cost: 0.00175,
      tokensIn: 3000,
      tokensOut: 150,
      latencyP50Ms: 200,
      // Rank 0.95 x 2 = 1.9.
      latencyP95Ms: 290,
    });
  });

  it('is known to be nothing, or not known', async () => {
    await insertUses([{ cost: 0, tokens: [0, 0], latency: null }]);
    const { model } = await readBotAnalytics(world.ctx, 'b');
    expect(model).toMatchObject({ cost: 0, tokensIn: 0, tokensOut: 0, latencyP50Ms: null });
  });

  it('counts in the range and the epoch', async () => {
    const use = { cost: 1, tokens: null, latency: 1 };
    await insertUses([
      { ...use, at: NOON - 1 },
      { ...use, at: NOON },
      { ...use, at: NOON + HOUR_MS },
      { ...use, at: NOON + HOUR_MS + 1 },
      { ...use, at: NOON, epoch: 2 },
    ]);
    const range = { from: NOON, to: NOON + HOUR_MS };
    expect((await readBotAnalytics(world.ctx, 'b', range)).model.decisions).toBe(2);
    expect((await readBotAnalytics(world.ctx, 'b', { ...range, epoch: 'all' })).model.decisions).toBe(3);
  });
});

describe('the months', () => {
  const at = (text: string) => Date.parse(`${text}Z`);

  async function insertHours(hours: readonly (readonly [string, number, number?])[]): Promise<void> {
    await insertSnapshots(
      world.db,
      hours.map(([time, value, epoch = 1]) => ({ ...own, at: at(time), value, epoch })),
    );
  }

  it('return what their last snapshots say; the hour that runs is not rolled up yet', async () => {
    await insertHours([
      ['2025-11-10T10:00', 10_000],
      ['2025-11-10T10:30', 9000],
      ['2025-11-10T15:00', 20_000],
      ['2025-11-30T22:00', 12_000],
      ['2025-11-30T23:59', 11_000],
      ['2025-12-01T00:00', 13_000],
      ['2025-12-31T23:00', 9900],
    ]);
    const lastPoint = () => ({ at: at('2026-01-03T10:20'), value: 10_890 });
    const ctx = { ...world.ctx, equityStats: { ...world.ctx.equityStats, lastPoint } };
    const { months } = await readBotAnalytics(ctx, 'b');
    expect(months).toEqual([
      { month: '2025-11', returnFraction: 0.1 },
      { month: '2025-12', returnFraction: -0.1 },
      { month: '2026-01', returnFraction: 0.1 },
    ]);
    const until = await readBotAnalytics(ctx, 'b', { to: at('2025-11-30T22:30') });
    expect(until.months).toEqual([{ month: '2025-11', returnFraction: 0.2 }]);
    const since = await readBotAnalytics(ctx, 'b', { from: at('2025-12-01T00:30') });
    // 9,900 / 13,000 - 1: the hour in which the range begins counts.
    expect(since.months[0]?.returnFraction).toBeCloseTo(-0.2384615, 6);
  });

  it('count in the present epoch or link all', async () => {
    await insertBot(world.db, { id: 'reset', userId: 'u', epoch: 2 });
    await world.load();
    const ofReset = { botId: 'reset', userId: 'u' };
    await insertSnapshots(world.db, [
      { ...ofReset, at: at('2026-01-05T10:00'), value: 10_000, epoch: 1 },
      { ...ofReset, at: at('2026-01-05T11:00'), value: 5000, epoch: 1 },
      { ...ofReset, at: at('2026-01-05T11:30'), value: 10_000, epoch: 2 },
      { ...ofReset, at: at('2026-01-05T23:00'), value: 12_000, epoch: 2 },
    ]);
    const months = async (epoch: 'all' | 'current') =>
      (await readBotAnalytics(world.ctx, 'reset', { epoch })).months;
    expect(await months('current')).toEqual([{ month: '2026-01', returnFraction: 0.2 }]);
    expect(await months('all')).toEqual([{ month: '2026-01', returnFraction: -0.4 }]);
  });
});

describe('every read', () => {
  const BOUNDS: Readonly<Record<keyof typeof ANALYTICS_READS, RegExp>> = {
    closed: /SEARCH positions USING [A-Z ]*INDEX \w+ \(bot_id=\? AND \(\w+,id\)<\(\?,\?\)\)/,
    modelUse:
      /SEARCH bot_decisions USING [A-Z ]*INDEX \w+ \(bot_id=\? AND timestamp>\? AND \(timestamp,id\)</,
    days: /SEARCH bot_equity_hours USING PRIMARY KEY \(bot_id=\? AND hour_at>\?\)/,
  };

  it.each(Object.entries(ANALYTICS_READS))('%s finds its rows by the right index', async (name, query) => {
    const { sql, bind } = compilePrepared(world.db.read, query as PreparedQuery<never, unknown>);
    const values = bind({}).map((value) => value ?? 0);
    const { rows } = await world.db.read.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, values),
    );
    const plan = rows.map(({ detail }) => detail).join('\n');
    expect(plan).toMatch(BOUNDS[name as keyof typeof BOUNDS]);
    // An index made for one run, or a whole table walked.
    expect(plan).not.toMatch(/AUTOMATIC|SCAN (positions|bot_|f\b|l\b)/);
  });
});
