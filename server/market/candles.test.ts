import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../engine/model.ts';
import { RecentCandles, resample } from './candles.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const candleAt = (index: number, close = 100 + index): Candle => ({
  symbol: 'AUSDT',
  openedAt: index * MINUTE,
  open: close - 1,
  high: close + 2,
  low: close - 3,
  close,
  volume: 10,
});
const run = (count: number): readonly Candle[] =>
  Array.from({ length: count }, (_, index) => candleAt(index));

describe('resample', () => {
  it('joins candles into buckets on the epoch grid, the last perhaps unfinished', () => {
    expect(resample([candleAt(4), candleAt(5), candleAt(7), candleAt(10)], 5 * MINUTE)).toEqual([
      { ...candleAt(4), openedAt: 0 },
      { symbol: 'AUSDT', openedAt: 5 * MINUTE, open: 104, high: 109, low: 102, close: 107, volume: 20 },
      { ...candleAt(10), openedAt: 10 * MINUTE },
    ]);
  });

  it('keeps range and volume whatever the interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 200 }), (factor, count) => {
        const joined = resample(run(count), factor * MINUTE);
        expect(joined.reduce((sum, candle) => sum + candle.volume, 0)).toBe(10 * count);
        expect(Math.max(...joined.map((candle) => candle.high))).toBe(100 + count - 1 + 2);
        expect(Math.min(...joined.map((candle) => candle.low))).toBe(97);
        expect(resample(joined, factor * MINUTE)).toEqual(joined);
      }),
    );
  });
});

describe('recent candles', () => {
  it('keep the last ones, oldest first', () => {
    const recent = new RecentCandles(MINUTE, 4);
    for (const candle of run(7)) recent.push(candle);
    expect(recent.list('AUSDT')).toEqual(run(7).slice(3));
    expect(recent.list('AUSDT', 2)).toEqual(run(7).slice(5));
    expect(recent.list('AUSDT', 0)).toEqual([]);
    expect(recent.list('BUSDT')).toEqual([]);
  });

  it('replace the last when it comes again and leave out older ones', () => {
    const recent = new RecentCandles(MINUTE, 3);
    for (const candle of run(5)) recent.push(candle);
    expect(recent.push(candleAt(4, 500))).toBe(true);
    expect(recent.push(candleAt(2, 500))).toBe(false);
    expect(recent.list('AUSDT').map((candle) => candle.close)).toEqual([102, 103, 500]);
  });

  it('know the change of a day once they reach back that far', () => {
    const recent = new RecentCandles(MINUTE);
    for (const candle of run(1440)) recent.push(candle);
    const now = 1440 * MINUTE;
    expect(recent.change24h('AUSDT', 198, now - 1)).toBeNull();
    expect(recent.change24h('AUSDT', 198, now)).toBeCloseTo(1, 12);
    expect(recent.change24h('AUSDT', 198, now + MINUTE)).toBeCloseTo(0.98, 12);
    expect(recent.change24h('BUSDT', 198, now)).toBeNull();
  });

  it('draw a day in few points that end with the last close', () => {
    const recent = new RecentCandles(MINUTE);
    for (const candle of run(3000)) recent.push(candle);
    const line = recent.sparkline('AUSDT', 24);
    expect(line).toHaveLength(24);
    expect(line.at(-1)).toBe(100 + 2999);
    expect(line[0]).toBe(100 + 1619);
    expect(recent.sparkline('BUSDT')).toEqual([]);
    const days = new RecentCandles(DAY);
    days.push(candleAt(0));
    expect(days.sparkline('AUSDT')).toEqual([100]);
  });
});
