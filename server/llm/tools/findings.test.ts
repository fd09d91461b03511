import { describe, expect, it } from 'vitest';
import { atr, bollinger, ema, rsi, sma } from '../../market/indicators.ts';
import { hourlyCandles, toolWorld } from '../../test/support/tool-world.ts';
import { runTool } from './registry.ts';
import type { ToolWorld } from './world.ts';

/** Runs a tool that must answer. */
async function find(name: string, args: object, world: ToolWorld): Promise<Record<string, unknown>> {
  const { signal } = new AbortController();
  const { text, isError } = await runTool(name, JSON.stringify(args), { world, signal });
  if (isError) throw new Error(text);
  return JSON.parse(text) as Record<string, unknown>;
}

const worldOf = (closes: readonly number[], reach = 0) =>
  toolWorld({ BTC: hourlyCandles('BTC', closes, reach) });
const wave = Array.from({ length: 300 }, (_, index) => 100 + 8 * Math.sin(index / 9) + (index % 7));
const last = (values: readonly number[]) => values.at(-1) ?? 0;

describe('prices', () => {
  it('get_candles gives rows, oldest first', async () => {
    expect(await find('get_candles', { symbol: 'BTC', count: 2 }, worldOf([100, 101, 103], 0.5))).toEqual({
      symbol: 'BTC',
      interval: '1h',
      columns: ['opened_at', 'open', 'high', 'low', 'close', 'volume'],
      rows: [
        ['2026-01-05T10:00Z', 100, 101.5, 99.5, 101, 10],
        ['2026-01-05T11:00Z', 101, 103.5, 100.5, 103, 10],
      ],
    });
  });

  it('current_price says how old it is', async () => {
    expect(await find('current_price', { symbols: ['BTC'] }, worldOf([100, 101]))).toEqual({
      prices: [
        {
          symbol: 'BTC',
          price_usd: 101,
          age_seconds: 2,
          can_be_opened: true,
          max_leverage: 50,
          tick_size: 0.01,
        },
      ],
    });
  });

  it('price_change measures from the open of the first candle, and asks for the interval it was told', async () => {
    const asked: unknown[] = [];
    const candles = hourlyCandles('BTC', [80, 100, 120, 110]);
    const world = toolWorld({ BTC: candles });
    const spying: ToolWorld = {
      ...world,
      candles: async (...args) => {
        asked.push(args);
        return world.candles(...args);
      },
    };
    const found = await find('price_change', { symbol: 'BTC', interval: '4h', count: 2 }, spying);
    expect(found).toMatchObject({
      from_price_usd: 100,
      price_usd: 110,
      change_percent: 10,
      place_in_range_percent: 50,
    });
    expect(asked).toEqual([['BTC', '4h', 2]]);
  });

  it('returns are from close to close', async () => {
    expect(await find('returns', { symbol: 'BTC' }, worldOf([100, 110, 99, 99]))).toMatchObject({
      return_count: 3,
      total_percent: -1,
      mean_percent: 0,
      best_percent: 10,
      worst_percent: -10,
      rising_share_percent: 33.3333,
      latest_percent: [10, -10, 0],
    });
  });
});

describe('statistics', () => {
  it('are those of a worked example', async () => {
    // 2 4 4 4 5 5 7 9: mean 5, squares 32, sample deviation sqrt(32/7), cubes 42.
    const found = await find(
      'statistics',
      { symbol: 'BTC', of: 'closes' },
      worldOf([2, 4, 4, 4, 5, 5, 7, 9]),
    );
    const cubes = -27 - 3 + 8 + 64;
    const skewness = (8 * cubes) / (7 * 6 * Math.sqrt(32 / 7) ** 3);
    expect(found).toMatchObject({ count: 8, mean: 5, median: 4.5, min: 2, max: 9, unit: 'USD' });
    expect(found.standard_deviation).toBeCloseTo(Math.sqrt(32 / 7), 6);
    expect(found.skewness).toBeCloseTo(skewness, 5);
    expect(found.quantiles).toMatchObject({
      '0.05': 2 + 0.35 * 2,
      '0.25': 4,
      '0.5': 4.5,
      '0.75': 5 + 0.25 * 2,
    });
  });

  it('correlation is one with itself, minus one with its mirror, over the hours all have', async () => {
    const steps = [0.01, -0.02, 0.015, 0.03, -0.01, 0.02, -0.03, 0.01, 0.005, -0.02, 0.01, 0.02];
    const walk = (sign: number) =>
      steps.reduce((path, step) => [...path, last(path) * Math.exp(sign * step)], [100]);
    const [up, down] = [hourlyCandles('UP', walk(1)), hourlyCandles('DOWN', walk(-1))];
    // An hour is missing in one of them: its neighbours still belong together.
    const holed = up.filter((_, index) => index !== 5).map((candle) => ({ ...candle, symbol: 'HOLED' }));
    const world = toolWorld({ UP: up, DOWN: down, HOLED: holed, FLAT: hourlyCandles('FLAT', walk(0)) });
    const found = await find('correlation', { symbols: ['UP', 'DOWN', 'HOLED', 'FLAT'] }, world);
    expect(found).toMatchObject({ return_count: 11 });
    expect(found.pairs).toEqual([
      { a: 'UP', b: 'DOWN', correlation: -1 },
      { a: 'UP', b: 'HOLED', correlation: 1 },
      { a: 'UP', b: 'FLAT', correlation: null },
      { a: 'DOWN', b: 'HOLED', correlation: -1 },
      { a: 'DOWN', b: 'FLAT', correlation: null },
      { a: 'HOLED', b: 'FLAT', correlation: null },
    ]);
  });

  it('volatility scales with the square root of time', async () => {
    const closes = Array.from({ length: 11 }, (_, index) => (index % 2 === 0 ? 100 : 100 * Math.exp(0.01)));
    const found = await find('volatility', { symbol: 'BTC', count: 10 }, worldOf(closes));
    const deviation = Math.sqrt((10 * 0.01 ** 2) / 9) * 100;
    expect(found.volatility_percent_a_candle).toBeCloseTo(deviation, 4);
    expect(found.volatility_percent_a_day).toBeCloseTo(deviation * Math.sqrt(24), 3);
    expect(found.volatility_percent_a_year).toBeCloseTo(deviation * Math.sqrt(24 * 365), 3);
  });
});

describe('indicators', () => {
  const world = worldOf(wave, 0.5);

  it('are those of the market module at the last candle', async () => {
    const bars = hourlyCandles('BTC', wave, 0.5);
    expect((await find('rsi', { symbol: 'BTC' }, world)).value).toBeCloseTo(rsi(wave, 14) ?? 0, 2);
    expect((await find('ema', { symbol: 'BTC', period: 9 }, world)).value_usd).toBeCloseTo(
      ema(wave, 9) ?? 0,
      1,
    );
    expect((await find('sma', { symbol: 'BTC', period: 9 }, world)).value_usd).toBeCloseTo(
      sma(wave, 9) ?? 0,
      1,
    );
    expect((await find('atr', { symbol: 'BTC' }, world)).value_usd).toBeCloseTo(atr(bars, 14) ?? 0, 4);
    const band = bollinger(wave, 20, 2.5);
    expect(await find('bollinger', { symbol: 'BTC', deviations: 2.5 }, world)).toMatchObject({
      lower_usd: Number(band?.lower.toFixed(2)),
      upper_usd: Number(band?.upper.toFixed(2)),
    });
  });

  it('show the last values, the newest last', async () => {
    const { latest } = await find('rsi', { symbol: 'BTC' }, world);
    const before = await find('rsi', { symbol: 'BTC' }, worldOf(wave.slice(0, -1), 0.5));
    expect(latest).toHaveLength(5);
    expect((latest as number[])[3]).toBe(before.value);
  });

  it('macd is fast less slow', async () => {
    const found = await find('macd', { symbol: 'BTC', fast: 5, slow: 10, signal: 4 }, world);
    expect(found.macd_usd).toBeCloseTo((ema(wave, 5) ?? 0) - (ema(wave, 10) ?? 0), 4);
    expect(found.histogram_usd).toBeCloseTo(Number(found.macd_usd) - Number(found.signal_usd), 4);
  });
});

describe('structure', () => {
  it('trend fits a straight line', async () => {
    const line = Array.from({ length: 20 }, (_, index) => 100 + 2 * index);
    expect(await find('trend', { symbol: 'BTC' }, worldOf(line))).toMatchObject({
      slope_usd_a_candle: 2,
      slope_percent_a_candle: 1.6807,
      r_squared: 1,
      change_percent: 38,
    });
  });

  it('trend counts higher highs and lower lows', async () => {
    const zigzag = [10, 11, 12, 11, 10, 9, 10, 11, 13, 11, 9, 8, 9, 11, 14, 12, 10];
    const candles = hourlyCandles('BTC', zigzag).map((candle) => ({
      ...candle,
      high: candle.close,
      low: candle.close,
    }));
    const found = await find('trend', { symbol: 'BTC' }, toolWorld({ BTC: candles }));
    expect(found.highs).toMatchObject({ higher_than_before: 2, lower_than_before: 0 });
    expect(found.lows).toMatchObject({ higher_than_before: 0, lower_than_before: 1 });
    expect(found.highs).toMatchObject({ latest: [{ price_usd: 12 }, { price_usd: 13 }, { price_usd: 14 }] });
  });

  it('support_resistance finds where the market turned, nearest first', async () => {
    const swing = [105, 108, 110, 108, 105, 102, 100, 102, 105, 108, 110.1, 108, 105, 102, 100.1, 102];
    const candles = hourlyCandles('BTC', [...swing, ...swing, 105]);
    const found = await find('support_resistance', { symbol: 'BTC' }, toolWorld({ BTC: candles }));
    expect(found.supports).toMatchObject([{ price_usd: 100.03, distance_percent: -4.7302, touches: 3 }]);
    expect(found.resistances).toMatchObject([{ price_usd: 110.07, touches: 3 }]);
  });
});
