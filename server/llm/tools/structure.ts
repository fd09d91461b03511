import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import { z } from 'zod';
import type { SymbolSpec } from '../../engine/model.ts';
import { atr } from '../../market/indicators.ts';
import {
  closesOf,
  countArg,
  figure,
  firstOf,
  intervalArg,
  isoMinute,
  lastOf,
  onTick,
  percent,
  quoteOf,
  readCandles,
  specOf,
  symbolArg,
} from './market-data.ts';
import { clusterSwings, findSwings, type Level, type Swing } from './swings.ts';
import { defineTool, type Findings } from './tool.ts';

const SWING_REACH = 2;
const SWINGS_TOLD = 4;

const trend = defineTool({
  name: 'trend',
  description:
    'The straight line through the closes (slope in USD and percent a candle, R squared from 0 to 1) and the latest turning points: how many of the last highs and lows were higher than the one before.',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: countArg({ min: 10, max: 500, usual: 50 }),
  }),
  async run({ symbol, interval, count }, world) {
    const spec = specOf(world, symbol);
    const candles = await readCandles(world, { symbol, interval, count, atLeast: 10 });
    const swings = findSwings(candles, SWING_REACH);
    return {
      symbol,
      interval,
      candle_count: candles.length,
      ...lineThrough(closesOf(candles)),
      highs: tellSwings(swings, { kind: 'high', spec }),
      lows: tellSwings(swings, { kind: 'low', spec }),
    };
  },
});

function lineThrough(closes: readonly number[]): Findings {
  const points = closes.map((close, index): [number, number] => [index, close]);
  const { m: slope, b: intercept } = linearRegression(points);
  const isFlat = closes.every((close) => close === closes[0]);
  const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length;
  return {
    slope_usd_a_candle: figure(slope),
    slope_percent_a_candle: percent(slope / mean),
    r_squared: isFlat ? null : figure(rSquared(points, linearRegressionLine({ m: slope, b: intercept })), 4),
    change_percent: percent(lastOf(closes) / firstOf(closes) - 1),
  };
}

/** The last turning points of one kind, oldest first, and how they follow each other. */
function tellSwings(
  swings: readonly Swing[],
  { kind, spec }: { kind: Swing['kind']; spec: SymbolSpec },
): Findings {
  const last = swings.filter((swing) => swing.kind === kind).slice(-SWINGS_TOLD);
  const steps = last.slice(1).map(({ price }, index) => price - (last[index]?.price ?? price));
  return {
    higher_than_before: steps.filter((step) => step > 0).length,
    lower_than_before: steps.filter((step) => step < 0).length,
    latest: last.map(({ price, at }) => ({ price_usd: onTick(spec, price), at: isoMinute(at) })),
  };
}

const LEVELS_TOLD = 5;

const supportResistance = defineTool({
  name: 'support_resistance',
  description:
    'Price levels where the market turned before. Turning points (highs and lows beyond `reach` candles on each side) within half an average true range are one level; touches say how many points it has. Nearest first.',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: countArg({ min: 30, max: 500, usual: 200 }),
    reach: z.int().min(1).max(10).default(3).describe('Candles on each side of a turning point, 1 to 10.'),
  }),
  async run({ symbol, interval, count, reach }, world) {
    const spec = specOf(world, symbol);
    const { price } = quoteOf(world, symbol);
    const candles = await readCandles(world, { symbol, interval, count, atLeast: 30 });
    const tolerance = Math.max(spec.tickSize, (atr(candles, 14) ?? 0) / 2);
    const levels = clusterSwings(findSwings(candles, reach), tolerance);
    const tell = (level: Level): Findings => tellLevel(level, { spec, price });
    return {
      symbol,
      interval,
      price_usd: price,
      level_width_usd: figure(tolerance),
      supports: levels
        .filter((level) => level.price < price)
        .toReversed()
        .slice(0, LEVELS_TOLD)
        .map(tell),
      resistances: levels
        .filter((level) => level.price >= price)
        .slice(0, LEVELS_TOLD)
        .map(tell),
    };
  },
});

function tellLevel(level: Level, { spec, price }: { spec: SymbolSpec; price: number }): Findings {
  return {
    price_usd: onTick(spec, level.price),
    distance_percent: percent(level.price / price - 1),
    touches: level.touches,
    last_touch: isoMinute(level.lastTouchAt),
  };
}

export const STRUCTURE_TOOLS = [trend, supportResistance];
