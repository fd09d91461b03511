import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../engine/model.ts';
import { describeMarketSource } from '../../../test/conformance/market.ts';
import type { MarketBatch, MarketSource, MarketStart } from '../../source.ts';
import { createSimSource, type SimOptions } from './sim-source.ts';

const BORN = Date.UTC(2026, 0, 21, 15, 3, 12, 345);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A wall clock that sleeping moves. */
function virtualClock(at: number) {
  const clock = {
    at,
    now: () => clock.at,
    sleep: (ms: number) => {
      clock.at += ms;
      return Promise.resolve();
    },
  };
  return clock;
}

function simAt(at: number, options: Partial<SimOptions> = {}): MarketSource {
  return createSimSource({ seed: 42, ...virtualClock(at), ...options });
}

async function take(source: MarketSource, count: number, start: Partial<MarketStart> = {}) {
  const batches: MarketBatch[] = [];
  const { signal } = new AbortController();
  for await (const batch of source.batches({ resumeAt: null, state: null, signal, ...start })) {
    batches.push(batch);
    if (batches.length >= count) break;
  }
  return batches;
}

const historyOf = (source: MarketSource, symbol: string): readonly Candle[] =>
  [...source.history(source.startsAt())].flat().filter((candle) => candle.symbol === symbol);

const returnsOf = (candles: readonly Candle[]): readonly number[] =>
  candles.slice(1).map((candle, index) => Math.log(candle.close / (candles[index]?.close ?? Number.NaN)));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [mean(left), mean(right)];
  const cross = mean(left.map((value, index) => (value - a) * ((right[index] ?? b) - b)));
  return cross / Math.sqrt(mean(left.map((v) => (v - a) ** 2)) * mean(right.map((v) => (v - b) ** 2)));
}

describeMarketSource('sim', { create: (clockAt = BORN) => simAt(clockAt, { historyDays: 1 }), batches: 150 });

describe('the simulated market', () => {
  it('begins with the next tick after now, at the start price, where history ends', async () => {
    const source = simAt(BORN);
    const [first] = await take(source, 1);
    expect(first?.at).toBe(Date.UTC(2026, 0, 21, 15, 3, 13));
    const candles = historyOf(source, 'BTCUSDT');
    expect(candles).toHaveLength(3 * 1440);
    expect(candles.at(-1)?.openedAt).toBe(Date.UTC(2026, 0, 21, 15, 2));
    const [tick] = first?.ticks ?? [];
    expect(Math.abs((tick?.price ?? 0) / (candles.at(-1)?.close ?? 1) - 1)).toBeLessThan(0.01);
    expect(Math.abs((tick?.price ?? 0) / 89_500 - 1)).toBeLessThan(0.01);
  });

  it('moves like a market: clustered volatility, correlation, fat tails, volume', () => {
    const source = simAt(BORN, { historyDays: 14 });
    const all = [...source.history(source.startsAt())].flat();
    const of = (symbol: string) => all.filter((candle) => candle.symbol === symbol);
    const [btc, eth] = [returnsOf(of('BTCUSDT')), returnsOf(of('ETHUSDT'))];
    const sizes = btc.map((value) => Math.min(Math.abs(value), 0.005));
    const spread = Math.sqrt(mean(btc.map((value) => value ** 2)) * 1440);
    expect(correlation(btc, eth)).toBeGreaterThan(0.5);
    expect(correlation(sizes.slice(0, -30), sizes.slice(30))).toBeGreaterThan(0.05);
    expect(Math.abs(correlation(btc.slice(0, -1), btc.slice(1)))).toBeLessThan(0.1);
    expect(mean(btc.map((v) => v ** 4)) / mean(btc.map((v) => v ** 2)) ** 2).toBeGreaterThan(4);
    expect(spread).toBeGreaterThan(0.01);
    expect(spread).toBeLessThan(0.06);
    expect(all.every((candle) => candle.volume > 0)).toBe(true);
  });

  it('stays plausible for a year', () => {
    const source = simAt(BORN, { historyDays: 365, candleMs: HOUR, tickMs: HOUR / 4 });
    const candles = [...source.history(source.startsAt())].flat();
    for (const { symbol } of source.symbols) {
      const closes = candles.filter((candle) => candle.symbol === symbol).map((candle) => candle.close);
      expect(Math.max(...closes) / Math.min(...closes)).toBeLessThan(12);
    }
  });

  it('tells the same path in four ticks a candle after a long absence', async () => {
    const source = simAt(BORN, { historyDays: 1 });
    const live = await take(source, 5 * 3600);
    const resumeAt = live[9]?.at ?? 0;
    const clock = virtualClock(resumeAt + 5 * HOUR);
    const late = createSimSource({ seed: 42, ...clock, historyDays: 1 });
    const first = simAt(BORN, { historyDays: 1 });
    await take(first, 10);
    const caughtUp = await take(late, 200 * 4 + 60, { resumeAt, state: first.state() });
    const byTime = new Map(live.map((batch) => [batch.at, batch]));
    expect(caughtUp[0]?.at).toBeGreaterThan(resumeAt);
    expect(caughtUp.at(-1)?.at).toBeGreaterThan(resumeAt + 3 * HOUR);
    expect(caughtUp.filter((batch) => batch.candles.length > 0).length).toBeGreaterThan(200);
    for (const batch of caughtUp.filter(({ candles }) => candles.length > 0)) {
      expect(batch.candles).toEqual(byTime.get(batch.at)?.candles);
      expect(batch.ticks.map((tick) => tick.price)).toEqual(
        byTime.get(batch.at)?.ticks.map((tick) => tick.price),
      );
    }
  });

  it('catches up a week and then waits for the clock', async () => {
    const first = simAt(BORN, { historyDays: 1 });
    const [batch] = await take(first, 1);
    const clock = virtualClock(BORN + 7 * DAY);
    const late = createSimSource({ seed: 42, ...clock, historyDays: 1 });
    let last = batch?.at ?? 0;
    let count = 0;
    const { signal } = new AbortController();
    for await (const next of late.batches({ resumeAt: last, state: first.state(), signal })) {
      expect(next.at).toBeGreaterThan(last);
      last = next.at;
      count += 1;
      if (last > BORN + 7 * DAY) break;
    }
    expect(count).toBeGreaterThan(4 * 1440 * 6);
    expect(count).toBeLessThan(4 * 1440 * 7 + 3700);
    expect(last).toBeLessThanOrEqual(clock.at);
  });

  it('pays funding at 00:00, 08:00 and 16:00 UTC', async () => {
    const source = simAt(Date.UTC(2026, 0, 21, 15, 59, 57, 500), { historyDays: 1 });
    const batches = await take(source, 10);
    const due = batches.filter((batch) => batch.funding.length > 0);
    expect(due.map((batch) => batch.at)).toEqual([Date.UTC(2026, 0, 21, 16)]);
    expect(due[0]?.funding).toHaveLength(source.symbols.length);
    for (const { rate, at } of due[0]?.funding ?? []) {
      expect(Math.abs(rate)).toBeLessThanOrEqual(0.0005);
      expect(at).toBe(due[0]?.at);
    }
  });

  it('waits for a clock that went back, and never tells decreasing times', async () => {
    const clock = virtualClock(BORN);
    const source = createSimSource({ seed: 42, ...clock, historyDays: 1 });
    const { signal } = new AbortController();
    const times: number[] = [];
    for await (const batch of source.batches({ resumeAt: null, state: null, signal })) {
      times.push(batch.at);
      if (times.length === 5) clock.at -= 90_000;
      expect(clock.at).toBeGreaterThanOrEqual(times.length === 5 ? 0 : batch.at);
      if (times.length === 10) break;
    }
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });

  it('treats a clock set forward as downtime', async () => {
    const clock = virtualClock(BORN);
    const source = createSimSource({ seed: 42, ...clock, historyDays: 1 });
    const { signal } = new AbortController();
    const times: number[] = [];
    for await (const batch of source.batches({ resumeAt: null, state: null, signal })) {
      times.push(batch.at);
      if (times.length === 5) clock.at += 3 * HOUR;
      if (batch.at >= BORN + 3 * HOUR) break;
    }
    expect(times.length).toBeLessThan(2 * 240 + 3600 + 200);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });

  it('differs by seed', async () => {
    const [one, two] = [simAt(BORN), simAt(BORN, { seed: 43 })];
    expect(one.fingerprint).not.toBe(two.fingerprint);
    expect((await take(one, 3))[2]?.ticks).not.toEqual((await take(two, 3))[2]?.ticks);
  });

  it('begins at given prices, with symbols of its own or not', async () => {
    const source = simAt(BORN, { startPrices: { BTCUSDT: 40_000, '1000PEPEUSDT': 0.0102 }, historyDays: 1 });
    const [first] = await take(source, 1);
    const priceOf = (symbol: string) => first?.ticks.find((tick) => tick.symbol === symbol)?.price ?? 0;
    expect(Math.abs(priceOf('BTCUSDT') / 40_000 - 1)).toBeLessThan(0.01);
    expect(Math.abs(priceOf('1000PEPEUSDT') / 0.0102 - 1)).toBeLessThan(0.01);
    expect(source.symbols.find((spec) => spec.symbol === '1000PEPEUSDT')?.tickSize).toBe(1e-6);
  });

  it('refuses a state it did not write', () => {
    const start = { resumeAt: BORN, signal: new AbortController().signal };
    expect(() => simAt(BORN).batches({ ...start, state: { version: 9 } })).toThrow('NEW_MARKET=1');
  });
});
