import {
  max,
  mean,
  median,
  min,
  quantileSorted,
  sampleCorrelation,
  sampleSkewness,
  sampleStandardDeviation,
} from 'simple-statistics';
import { z } from 'zod';
import type { Candle } from '../../engine/model.ts';
import { realisedVolatility } from '../../market/indicators.ts';
import {
  closesOf,
  countArg,
  figure,
  intervalArg,
  logReturns,
  MAX_CANDLES,
  percent,
  readCandles,
  simpleReturns,
  symbolArg,
} from './market-data.ts';
import { defineTool, ToolProblem, type Findings } from './tool.ts';
import { INTERVAL_MS } from './world.ts';

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];
const DAY_MS = 86_400_000;

const statistics = defineTool({
  name: 'statistics',
  description:
    'Mean, median, sample standard deviation, skewness, minimum, maximum and quantiles of the closes (USD) or of the returns from close to close (percent).',
  schema: z.strictObject({
    symbol: symbolArg,
    of: z.enum(['closes', 'returns']).default('returns').describe('What is looked at.'),
    interval: intervalArg,
    count: countArg({ min: 5, max: MAX_CANDLES, usual: 100 }),
    quantiles: z
      .array(z.number().min(0).max(1))
      .min(1)
      .max(10)
      .default(QUANTILES)
      .describe('Which quantiles, each from 0 to 1.'),
  }),
  async run({ symbol, of, interval, count, quantiles }, world) {
    const closes = closesOf(await readCandles(world, { symbol, interval, count, atLeast: 5 }));
    const values = of === 'closes' ? closes : simpleReturns(closes).map((value) => value * 100);
    return {
      symbol,
      interval,
      of,
      unit: of === 'closes' ? 'USD' : 'percent',
      ...summaryOf(values, quantiles),
    };
  },
});

/** Quantiles lie between neighbours in proportion: q of n values is the one at (n - 1) q, counted from 0. */
function summaryOf(values: readonly number[], quantiles: readonly number[]): Findings {
  const sorted = values.toSorted((a, b) => a - b);
  const isFlat = sorted[0] === sorted.at(-1);
  return {
    count: sorted.length,
    mean: figure(mean(sorted), 8),
    median: figure(median(sorted), 8),
    standard_deviation: figure(sampleStandardDeviation(sorted), 8),
    skewness: isFlat ? null : figure(sampleSkewness(sorted)),
    min: figure(min(sorted), 8),
    max: figure(max(sorted), 8),
    quantiles: Object.fromEntries(quantiles.map((q) => [String(q), figure(quantileSorted(sorted, q), 8)])),
  };
}

const correlation = defineTool({
  name: 'correlation',
  description:
    'Pearson correlation (-1 to 1) of the log returns of 2 to 10 symbols, pair by pair, over the candles that all of them have.',
  schema: z.strictObject({
    symbols: z.array(symbolArg).min(2).max(10).describe('2 to 10 different symbols.'),
    interval: intervalArg,
    count: countArg({ min: 10, max: MAX_CANDLES, usual: 100 }),
  }),
  async run({ symbols, interval, count }, world) {
    if (new Set(symbols).size < symbols.length) {
      throw new ToolProblem('correlation: argument "symbols" names a symbol twice; each may stand once.');
    }
    const series = await Promise.all(
      symbols.map((symbol) => readCandles(world, { symbol, interval, count, atLeast: 10 })),
    );
    const shared = sharedReturns(series);
    return { interval, return_count: shared[0]?.length ?? 0, pairs: pairsOf(symbols, shared) };
  },
});

/** Log returns between the times that every series has. */
function sharedReturns(series: readonly (readonly Candle[])[]): number[][] {
  const times = series.map((candles) => new Set(candles.map(({ openedAt }) => openedAt)));
  const isShared = ({ openedAt }: Candle): boolean => times.every((known) => known.has(openedAt));
  const shared = series.map((candles) => logReturns(closesOf(candles.filter(isShared))));
  const length = shared[0]?.length ?? 0;
  if (length >= 5) return shared;
  throw new ToolProblem(`These symbols share ${length} returns, and 5 are needed. Ask for more candles.`);
}

function pairsOf(symbols: readonly string[], series: readonly (readonly number[])[]): Findings[] {
  return symbols.flatMap((a, index) =>
    symbols.slice(index + 1).map((b, offset) => ({
      a,
      b,
      correlation: correlationOf(series[index] ?? [], series[index + 1 + offset] ?? []),
    })),
  );
}

/** null when one of them did not move. */
function correlationOf(a: readonly number[], b: readonly number[]): number | null {
  const isFlat = (values: readonly number[]): boolean => sampleStandardDeviation([...values]) < 1e-12;
  return isFlat(a) || isFlat(b) ? null : figure(sampleCorrelation([...a], [...b]), 4);
}

const volatility = defineTool({
  name: 'volatility',
  description:
    'Realised volatility: sample standard deviation of the last `count` log returns, a candle, a day and a year, in percent.',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: z
      .int()
      .min(5)
      .max(MAX_CANDLES - 1)
      .default(100)
      .describe('How many of the latest returns are read, 5 to 499.'),
  }),
  async run({ symbol, interval, count }, world) {
    const candles = await readCandles(world, { symbol, interval, count: count + 1, atLeast: 6 });
    const candleMs = INTERVAL_MS[interval];
    const period = candles.length - 1;
    const annual = realisedVolatility(closesOf(candles), { period, candleMs });
    if (annual === null) throw new ToolProblem(`volatility: ${symbol} has too few candles.`);
    const over = (ms: number): number => percent(annual * Math.sqrt(ms / (365 * DAY_MS)));
    return {
      symbol,
      interval,
      return_count: period,
      volatility_percent_a_candle: over(candleMs),
      volatility_percent_a_day: over(DAY_MS),
      volatility_percent_a_year: percent(annual),
    };
  },
});

export const STATISTICS_TOOLS = [statistics, correlation, volatility];
