import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UpstreamError } from '../../errors.ts';
import type { Decision } from '../../engine/model.ts';
import { createSimSource } from '../../market/sources/sim/sim-source.ts';
import { BTC, DAWN, ETH, MINUTE, ScriptedMarket } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const HOUR = 60 * MINUTE;
const long = (rest: Partial<Decision> = {}): readonly Decision[] => [
  { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'Up.', ...rest },
];

const stateOf = (t: TestApp) => t.db.read.selectFrom('market_state').selectAll().executeTakeFirstOrThrow();

describe('another market', () => {
  it('is refused on a database that has traded, with what to do about it', async () => {
    await using t = await testApp();
    await t.addBot([long()]);
    await t.market.minute(PRICES);
    await t.stop();
    const other = new ScriptedMarket({ fingerprint: 'scripted:2', startsAt: DAWN + HOUR });
    await expect(t.start({ market: other })).rejects.toThrow(/NEW_MARKET=1/);
    // Nothing was touched, and the lock is free again.
    const before = new ScriptedMarket({ fingerprint: 'scripted:2', startsAt: DAWN - HOUR });
    await expect(t.start({ market: before, env: { NEW_MARKET: '1' } })).rejects.toThrow(
      /never runs backwards/,
    );
    await t.start({ market: new ScriptedMarket({ startsAt: DAWN }) });
    expect((await stateOf(t)).fingerprint).toBe('scripted:1');
  });

  it('freezes positions it has no price for, with NEW_MARKET=1', async () => {
    await using t = await testApp();
    const bot = await t.addBot([
      long({ stopLoss: 49_000 }),
      [],
      [],
      [],
      [{ action: 'CLOSE', symbol: 'BTCUSDT', reasoning: 'Out.' }],
    ]);
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    const equity = t.app.ctx.books.equityMicros(bot.botId);
    const market = new ScriptedMarket({ symbols: [ETH], fingerprint: 'scripted:2', startsAt: DAWN + HOUR });
    await t.restart({ market, env: { NEW_MARKET: '1' } });
    for (let i = 0; i < 4; i += 1) await market.minute({ ETHUSDT: 2100 });
    expect(t.app.ctx.market.quote('BTCUSDT')).toMatchObject({ price: 50_000, isStale: true });
    expect(await t.positions(bot.botId)).toMatchObject([{ status: 'open' }]);
    expect(t.app.ctx.books.equityMicros(bot.botId)).toBe(equity);
    // A decision cannot close it: there is no price to trade at.
    expect((await t.outcomes(bot.botId)).at(-1)).not.toMatchObject([{ accepted: true }]);
    const [snapshot] = await t.db.read
      .selectFrom('bot_state_snapshots')
      .select('total_value')
      .orderBy('id', 'desc')
      .execute();
    expect(snapshot?.total_value).toBe(equity / 1e6);
    await t.restart({ market: new ScriptedMarket({ symbols: [ETH], fingerprint: 'scripted:2' }) });
    expect(t.app.ctx.market.quote('BTCUSDT')).toMatchObject({ price: 50_000, isStale: true });
  });
});

describe('the clock', () => {
  it('goes on from the database, and never backwards', async () => {
    await using t = await testApp();
    for (let i = 0; i < 3; i += 1) await t.market.minute(PRICES);
    const before = t.app.ctx.clock.now();
    await t.restart();
    expect(t.app.ctx.clock.now()).toBe(before);
    expect(t.market.starts.at(-1)).toEqual({ resumeAt: before, state: { batches: 12 } });
    expect(t.app.ctx.market.quote('BTCUSDT')).toMatchObject({ price: 50_000, isStale: false });
    expect(t.app.ctx.market.recentCandles('BTCUSDT', 10)).toHaveLength(3);
    await t.market.minute(PRICES);
    expect((await stateOf(t)).clock_at).toBe(DAWN + 4 * MINUTE - 1);
  });

  it('holds still in real time while the wall clock stands before it', async () => {
    await using t = await testApp({ market: new ScriptedMarket({ clock: 'wall' }) });
    await t.market.tick(DAWN, PRICES);
    const seen: number[] = [];
    for (const wall of [5000, 9000, -HOUR, 2000, 9001, 8000, 20_000]) {
      t.wall = DAWN + wall;
      seen.push(t.app.ctx.clock.now() - DAWN);
    }
    expect(seen).toEqual([5000, 9000, 9000, 9000, 9001, 9001, 20_000]);
    t.wall = DAWN;
    await t.restart();
    expect(t.app.ctx.clock.now()).toBeGreaterThanOrEqual(DAWN);
  });

  it('gives no burst of turns after a pause: each bot one, then its rhythm again', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot([], { settings: { turnIntervalMs: 2 * MINUTE } });
    await t.market.minute(PRICES);
    t.market.leaveOut(600);
    for (let i = 0; i < 5; i += 1) await t.market.minute(PRICES);
    const due = (await t.turns(botId)).map(({ due_at }) => (due_at - DAWN) / MINUTE);
    expect(due).toEqual([1, 601, 603, 605]);
    expect(t.app.manager.counts().skipped).toBe(0);
  });
});

describe('a feed that breaks', () => {
  it('is taken up again where it broke', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    t.market.fail(new UpstreamError('feed', 'connection reset'));
    await vi.waitFor(() => expect(t.market.starts).toHaveLength(2), { timeout: 10_000 });
    expect(t.market.starts[1]).toEqual({ resumeAt: DAWN, state: { batches: 1 } });
    await t.market.tick(DAWN + 1000, PRICES);
    expect((await stateOf(t)).clock_at).toBe(DAWN + 1000);
  });

  it('can be stopped while it waits to be taken up', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    t.market.fail(new UpstreamError('feed', 'connection reset'));
    await t.stop();
    expect(t.market.starts).toHaveLength(1);
  });
});

describe('a recording that has run out', () => {
  it('stops trading, says so, stays visible and stays finished', async () => {
    await using t = await testApp();
    const { botId, fake } = await t.addBot([[], long()]);
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    expect(await t.turns(botId)).toMatchObject([{ status: 'applied' }, { status: 'answered' }]);
    t.market.end();
    await t.app.marketEnded;
    const end = DAWN + 2 * MINUTE - 1;
    // What was pending has no price to fill at.
    expect((await t.turns(botId)).map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect((await t.outcomes(botId)).at(-1)).toMatchObject([{ code: 'market-closed', accepted: false }]);
    await expect(t.app.manager.forceTurn(botId)).rejects.toThrow(/market has ended/);
    expect(t.app.manager.state(botId).nextTurnAt).toBeNull();
    expect(await t.trades(botId)).toEqual([]);
    for (const isRestarted of [false, true]) {
      if (isRestarted) await t.restart();
      expect(t.app.ctx.market.status()).toMatchObject({ status: 'finished', now: end });
      expect(t.app.ctx.market.quote('BTCUSDT')).toMatchObject({ price: 50_000 });
      expect(t.app.ctx.books.get(botId)).toMatchObject({
        botId,
        account: { cashMicros: 10_000_000_000, positions: [] },
      });
      const arena: unknown = await (await fetch(`${t.app.url}/api/v2/arena`)).json();
      expect(arena).toMatchObject({ market: { status: 'finished' }, bots: [{ id: botId }] });
    }
    expect(t.market.starts).toHaveLength(1);
    expect(await stateOf(t)).toMatchObject({ finished_at: end, clock_at: end });
    expect((await t.events('arena')).at(-1)).toMatchObject({
      type: 'market',
      payload: { status: { status: 'finished' } },
    });
    expect(fake.requests).toHaveLength(2);
  });
});

describe('the simulated market', () => {
  /** Time that passes only while the market sleeps; the test lets it pass. */
  function virtualTime(startsAt: number) {
    const time = { now: startsAt, until: startsAt };
    const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
      while (time.now + ms > time.until && !signal.aborted) await new Promise((done) => setTimeout(done, 1));
      if (!signal.aborted) time.now += ms;
    };
    return { time, source: () => createSimSource({ seed: 7, historyDays: 1, now: () => time.now, sleep }) };
  }

  it('makes up the missing path after downtime, and exits happen along it, in order', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'arena-sim-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { time, source } = virtualTime(DAWN + 500);
    const options = { path: path.join(folder, 'arena.db'), market: null, wallNow: () => time.now };
    let botId = '';
    {
      await using t = await testApp({ ...options, source: source() });
      time.until += 5000;
      await vi.waitFor(() => expect(t.app.ctx.market.quotes().length).toBeGreaterThan(0));
      expect(t.app.ctx.market.recentCandles('BTCUSDT', 2000).length).toBeGreaterThan(1000);
      const price = t.app.ctx.market.quote('BTCUSDT')?.price ?? 0;
      const levels = { stopLoss: Math.round(price * 0.999), takeProfit: Math.round(price * 1.001) };
      ({ botId } = await t.addBot([long(levels)], { settings: { turnIntervalMs: 86_400_000 } }));
      await t.app.manager.forceTurn(botId);
      await t.app.manager.decided();
      time.until += 5000;
      await vi.waitFor(async () => expect(await t.positions(botId)).toHaveLength(1));
    }
    time.now += 20 * MINUTE;
    time.until = time.now;
    await using t = await testApp({ ...options, source: source() });
    await vi.waitFor(() => expect(t.app.ctx.market.status().status).toBe('running'), { timeout: 20_000 });
    await vi.waitFor(() => expect(t.app.ctx.clock.now()).toBeGreaterThanOrEqual(time.now - 2000), {
      timeout: 20_000,
    });
    const [position] = await t.positions(botId);
    expect(position).toMatchObject({
      status: 'closed',
      close_cause: expect.stringMatching(/stop-loss|take-profit/),
    });
    expect(position?.closed_at).toBeGreaterThan(position?.opened_at ?? Infinity);
    expect(position?.closed_at).toBeLessThan(time.now - MINUTE);
    const { times, first, last } = await t.db.read
      .selectFrom('candles')
      .select(({ fn }) => [
        fn.countAll<number>().as('times'),
        fn.min('opened_at').as('first'),
        fn.max('opened_at').as('last'),
      ])
      .where('symbol', '=', 'BTCUSDT')
      .executeTakeFirstOrThrow();
    // No minute is missing between the first and the last.
    expect(times).toBe((last - first) / MINUTE + 1);
    expect(await t.turns(botId)).toHaveLength(1);
  });
});

describe('a folder of candles', () => {
  it('that cannot be replayed is named with its problems, and nothing is left locked', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'arena-folder-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(
      path.join(folder, 'BTCUSDT.csv'),
      'timestamp,open,high,low,close,volume\nsoon,1,1,1,1,1\n',
    );
    const env = { MARKET_SOURCE: 'replay', REPLAY_DIR: folder };
    await expect(testApp({ market: null, env, path: path.join(folder, 'a.db') })).rejects.toThrow(
      /BTCUSDT\.csv:2/,
    );
    await using t = await testApp({ path: path.join(folder, 'a.db') });
    expect(t.app.ctx.market.symbols).toEqual([BTC, ETH]);
  });
});
