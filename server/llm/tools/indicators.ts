import { z } from 'zod';
import type { Candle, SymbolSpec } from '../../engine/model.ts';
import { atr, bollinger, ema, macd, rsi, sma, type Band } from '../../market/indicators.ts';
import {
  closesOf,
  figure,
  intervalArg,
  lastOf,
  MAX_CANDLES,
  onTick,
  percent,
  readCandles,
  specOf,
  symbolArg,
} from './market-data.ts';
import { defineTool, ToolProblem, type Findings, type Tool } from './tool.ts';
import type { CandleInterval, ToolWorld } from './world.ts';

const LATEST = 5;

interface Question {
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** Candles the indicator needs for its first value. */
  readonly needed: number;
}

/** All the history there is, so that averages that never forget are steady. */
async function read(world: ToolWorld, { symbol, interval, needed }: Question): Promise<readonly Candle[]> {
  return readCandles(world, { symbol, interval, count: MAX_CANDLES, atLeast: needed });
}

/** The indicator at each of the last candles, oldest first, as far back as it has a value. */
function latest<T>(candles: readonly Candle[], compute: (known: readonly Candle[]) => T | null): T[] {
  const ends = Array.from({ length: LATEST }, (_, index) => candles.length - LATEST + 1 + index);
  return ends
    .filter((end) => end > 0)
    .map((end) => compute(candles.slice(0, end)))
    .filter((value) => value !== null);
}

const periodArg = (usual: number) =>
  z.int().min(2).max(200).default(usual).describe('Candles the indicator looks at, 2 to 200.');

interface LineDefinition {
  readonly name: string;
  readonly description: string;
  readonly usualPeriod: number;
  /** Candles needed beyond the period. */
  readonly extra: number;
  readonly compute: (candles: readonly Candle[], period: number) => number | null;
  readonly tell: (values: readonly number[], at: { spec: SymbolSpec; close: number }) => Findings;
}

/** A tool for an indicator that is one line. */
function lineTool({ name, description, usualPeriod, extra, compute, tell }: LineDefinition): Tool {
  return defineTool({
    name,
    description,
    schema: z.strictObject({ symbol: symbolArg, interval: intervalArg, period: periodArg(usualPeriod) }),
    async run({ symbol, interval, period }, world) {
      const candles = await read(world, { symbol, interval, needed: period + extra });
      const values = latest(candles, (known) => compute(known, period));
      const at = { spec: specOf(world, symbol), close: lastOf(candles).close };
      return { symbol, interval, period, ...tell(values, at) };
    },
  });
}

function tellAverage(
  values: readonly number[],
  { spec, close }: { spec: SymbolSpec; close: number },
): Findings {
  const value = lastOf(values);
  return {
    value_usd: onTick(spec, value),
    last_close_usd: close,
    close_above_average_percent: percent(close / value - 1),
    latest_usd: values.map((each) => onTick(spec, each)),
  };
}

const rsiTool = lineTool({
  name: 'rsi',
  description:
    "Wilder's relative strength index, 0 to 100: above 70 is often called overbought, below 30 oversold.",
  usualPeriod: 14,
  extra: 1,
  compute: (candles, period) => rsi(closesOf(candles), period),
  tell: (values) => ({ value: figure(lastOf(values), 5), latest: values.map((each) => figure(each, 5)) }),
});

const emaTool = lineTool({
  name: 'ema',
  description: 'Exponential moving average of the closes, in USD, and how far the last close is from it.',
  usualPeriod: 20,
  extra: 0,
  compute: (candles, period) => ema(closesOf(candles), period),
  tell: tellAverage,
});

const smaTool = lineTool({
  name: 'sma',
  description: 'Simple moving average of the closes, in USD, and how far the last close is from it.',
  usualPeriod: 20,
  extra: 0,
  compute: (candles, period) => sma(closesOf(candles), period),
  tell: tellAverage,
});

const atrTool = lineTool({
  name: 'atr',
  description: "Wilder's average true range of a candle, in USD and in percent of the last close.",
  usualPeriod: 14,
  extra: 0,
  compute: (candles, period) => atr(candles, period),
  tell: (values, { spec, close }) => ({
    value_usd: figure(lastOf(values)),
    value_percent_of_price: percent(lastOf(values) / close),
    last_close_usd: onTick(spec, close),
  }),
});

const bollingerTool = defineTool({
  name: 'bollinger',
  description:
    'Bollinger bands in USD: simple average of the closes and population standard deviations around it, and where the last close lies (0 % = lower band, 100 % = upper band).',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    period: periodArg(20),
    deviations: z.number().min(0.1).max(5).default(2).describe('Width in standard deviations, 0.1 to 5.'),
  }),
  async run({ symbol, interval, period, deviations }, world) {
    const candles = await read(world, { symbol, interval, needed: period });
    const spec = specOf(world, symbol);
    const close = lastOf(candles).close;
    const band = bollinger(closesOf(candles), period, deviations);
    if (!band) throw new ToolProblem(`bollinger: ${symbol} has too few candles for this period.`);
    return { symbol, interval, period, deviations, ...tellBand(band, { spec, close }) };
  },
});

function tellBand(
  { lower, middle, upper }: Band,
  { spec, close }: { spec: SymbolSpec; close: number },
): Findings {
  return {
    lower_usd: onTick(spec, lower),
    middle_usd: onTick(spec, middle),
    upper_usd: onTick(spec, upper),
    last_close_usd: close,
    close_in_band_percent: upper === lower ? null : percent((close - lower) / (upper - lower)),
    width_percent_of_middle: percent((upper - lower) / middle),
  };
}

const macdTool = defineTool({
  name: 'macd',
  description:
    'Moving average convergence and divergence in USD: fast minus slow exponential average (macd), its own average (signal) and their difference (histogram).',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    fast: periodArg(12),
    slow: periodArg(26),
    signal: periodArg(9),
  }),
  async run({ symbol, interval, ...periods }, world) {
    if (periods.fast >= periods.slow) {
      throw new ToolProblem(
        `macd: argument "fast" must be below "slow", got ${periods.fast} and ${periods.slow}.`,
      );
    }
    const needed = periods.slow + periods.signal - 1;
    const candles = await read(world, { symbol, interval, needed });
    const values = latest(candles, (known) => macd(closesOf(known), periods));
    const last = lastOf(values);
    return {
      symbol,
      interval,
      ...periods,
      macd_usd: figure(last.macd),
      signal_usd: figure(last.signal),
      histogram_usd: figure(last.histogram),
      latest_histograms_usd: values.map(({ histogram }) => figure(histogram)),
    };
  },
});

export const INDICATOR_TOOLS = [rsiTool, macdTool, bollingerTool, emaTool, smaTool, atrTool];
