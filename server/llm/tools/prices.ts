import { z } from 'zod';
import type { Candle } from '../../engine/model.ts';
import {
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
  simpleReturns,
  closesOf,
  specOf,
  symbolArg,
} from './market-data.ts';
import { defineTool, type Findings } from './tool.ts';
import type { ToolWorld } from './world.ts';

const getCandles = defineTool({
  name: 'get_candles',
  description: 'The last closed candles of a symbol, oldest first: open, high, low, close in USD and volume.',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: countArg({ min: 1, max: 100, usual: 50 }),
  }),
  async run({ symbol, interval, count }, world) {
    const spec = specOf(world, symbol);
    const candles = await readCandles(world, { symbol, interval, count, atLeast: 1 });
    const row = ({ openedAt, open, high, low, close, volume }: Candle) => [
      isoMinute(openedAt),
      ...[open, high, low, close].map((price) => onTick(spec, price)),
      figure(volume),
    ];
    return {
      symbol,
      interval,
      columns: ['opened_at', 'open', 'high', 'low', 'close', 'volume'],
      rows: candles.map(row),
    };
  },
});

const currentPrice = defineTool({
  name: 'current_price',
  description: 'The price now, in USD, of up to 20 symbols, how old it is and whether it can be traded on.',
  schema: z.strictObject({ symbols: z.array(symbolArg).min(1).max(20).describe('Symbols to look up.') }),
  run({ symbols }, world) {
    return { prices: [...new Set(symbols)].map((symbol) => priceNow(world, symbol)) };
  },
});

function priceNow(world: ToolWorld, symbol: string): Findings {
  const { maxLeverage, tickSize } = specOf(world, symbol);
  const { price, at, isStale, isConfirmed } = quoteOf(world, symbol);
  return {
    symbol,
    price_usd: price,
    age_seconds: Math.max(0, Math.round((world.now - at) / 1000)),
    can_be_opened: !isStale && isConfirmed,
    max_leverage: maxLeverage,
    tick_size: tickSize,
  };
}

const priceChange = defineTool({
  name: 'price_change',
  description:
    'How far the price now is from the open of the candle `count` candles ago, with the high and low since then.',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: countArg({ min: 1, max: 500, usual: 24 }),
  }),
  async run({ symbol, interval, count }, world) {
    const { price } = quoteOf(world, symbol);
    const candles = await readCandles(world, { symbol, interval, count, atLeast: 1 });
    const { open, openedAt } = firstOf(candles);
    const high = Math.max(price, ...candles.map((candle) => candle.high));
    const low = Math.min(price, ...candles.map((candle) => candle.low));
    return {
      symbol,
      candles: `${candles.length} x ${interval}`,
      since: isoMinute(openedAt),
      from_price_usd: open,
      price_usd: price,
      change_percent: percent(price / open - 1),
      high_usd: high,
      low_usd: low,
      place_in_range_percent: high === low ? null : percent((price - low) / (high - low)),
    };
  },
});

const MAX_LISTED = 48;

const returns = defineTool({
  name: 'returns',
  description:
    'Returns of a symbol from close to close in percent: in all, on average, best, worst, share of rising candles, and the latest ones one by one (oldest first).',
  schema: z.strictObject({
    symbol: symbolArg,
    interval: intervalArg,
    count: countArg({ min: 2, max: 500, usual: 50 }),
  }),
  async run({ symbol, interval, count }, world) {
    const closes = closesOf(await readCandles(world, { symbol, interval, count, atLeast: 2 }));
    const each = simpleReturns(closes);
    return {
      symbol,
      interval,
      return_count: each.length,
      total_percent: percent(lastOf(closes) / firstOf(closes) - 1),
      mean_percent: percent(each.reduce((sum, value) => sum + value, 0) / each.length),
      best_percent: percent(Math.max(...each)),
      worst_percent: percent(Math.min(...each)),
      rising_share_percent: percent(each.filter((value) => value > 0).length / each.length),
      latest_percent: each.slice(-MAX_LISTED).map(percent),
    };
  },
});

export const PRICE_TOOLS = [getCandles, currentPrice, priceChange, returns];
