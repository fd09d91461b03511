import { describe, expect, it } from 'vitest';
import { atr, bollinger, donchian, ema, macd, realisedVolatility, rsi, sma } from './indicators.ts';

/** The closes of StockCharts' worked example of RSI(14); its 15th value is 70.53. */
const TEXTBOOK_CLOSES = [
  44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
  45.614, 46.282, 46.282,
];
const bar = (high: number, low: number, close: number) => ({ high, low, close });

describe('indicators', () => {
  it('ema weighs the last close with 2 / (period + 1)', () => {
    expect(ema([1, 2, 3], 3)).toBeCloseTo(0.5 * 3 + 0.5 * (0.5 * 2 + 0.5 * 1), 12);
    expect(ema([1, 2], 3)).toBeNull();
  });

  it('sma is the plain average of the last closes', () => {
    expect(sma([100, 1, 2, 6], 3)).toBe(3);
    expect(sma([1, 2], 3)).toBeNull();
  });

  it('macd is fast less slow, and the signal its own average', () => {
    const closes = [10, 11, 13, 12, 15, 14];
    // From where the slow average has seen its period: the signal line begins there.
    const lines = [3, 4, 5, 6].map((end) => {
      const known = closes.slice(0, end);
      return (ema(known, 2) ?? 0) - (ema(known, 3) ?? 0);
    });
    const signal = lines.slice(1).reduce((line, value) => line + (value - line) * (2 / 3), lines[0] ?? 0);
    const value = macd(closes, { fast: 2, slow: 3, signal: 2 });
    expect(value?.macd).toBeCloseTo(lines[3] ?? 0, 12);
    expect(value?.signal).toBeCloseTo(signal, 12);
    expect(value?.histogram).toBeCloseTo((lines[3] ?? 0) - signal, 12);
    expect(macd(closes.slice(0, 3), { fast: 2, slow: 3, signal: 2 })).toBeNull();
    expect(macd(closes.slice(0, 4), { fast: 2, slow: 3, signal: 2 })).not.toBeNull();
  });

  it('rsi matches the textbook', () => {
    expect(rsi(TEXTBOOK_CLOSES, 14)).toBeCloseTo(70.53, 1);
    expect(rsi(TEXTBOOK_CLOSES.slice(1), 14)).toBeNull();
    expect(rsi([1, 2, 3, 4], 3)).toBe(100);
    expect(rsi([4, 3, 2, 1], 3)).toBe(0);
    expect(rsi([5, 5, 5, 5], 3)).toBe(50);
  });

  it('bollinger is the average and two population deviations', () => {
    const band = bollinger([90, 2, 4, 4, 4, 5, 5, 7, 9], 8);
    expect(band).toEqual({ lower: 1, middle: 5, upper: 9 });
    expect(bollinger([1, 2], 3)).toBeNull();
  });

  it('donchian is the range of the last candles', () => {
    const candles = [bar(99, 1, 5), bar(10, 8, 9), bar(12, 9, 11), bar(11, 6, 7)];
    expect(donchian(candles, 3)).toEqual({ lower: 6, middle: 9, upper: 12 });
    expect(donchian(candles, 5)).toBeNull();
  });

  it('atr averages true ranges the way Wilder does', () => {
    const candles = [bar(10, 8, 9), bar(11, 9, 10), bar(15, 12, 14), bar(14, 13, 13)];
    expect(atr(candles.slice(0, 3), 3)).toBeCloseTo((2 + 2 + 5) / 3, 12);
    expect(atr(candles, 3)).toBeCloseTo((3 * 2 + 1) / 3, 12);
    expect(atr(candles.slice(0, 2), 3)).toBeNull();
  });

  it('realised volatility scales the deviation of log returns to a year', () => {
    const step = 0.01;
    const closes = [100, 100 * Math.exp(step), 100, 100 * Math.exp(step), 100];
    const deviation = Math.sqrt((4 * step ** 2) / 3);
    const options = { period: 4, candleMs: 86_400_000 };
    expect(realisedVolatility(closes, options)).toBeCloseTo(deviation * Math.sqrt(365), 12);
    expect(realisedVolatility(closes.slice(1), options)).toBeNull();
    expect(realisedVolatility([7, 7, 7, 7, 7], options)).toBe(0);
  });
});
