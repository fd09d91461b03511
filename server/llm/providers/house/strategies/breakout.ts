import { z } from 'zod';
import type { Decision } from '../../../../engine/model.ts';
import { atr, donchian, type Band } from '../../../../market/indicators.ts';
import type { MarketView, TurnView } from '../../../provider.ts';
import { actionablePositions, close, openMarkets, orHold, planEntries, type Entry } from '../book.ts';
import { defineStrategy, sizingParams } from '../strategy.ts';
import { price, rank } from '../wording.ts';

const params = z.strictObject({
  ...sizingParams,
  /** Candles of the channel a price has to leave. */
  entryPeriod: z.int().min(2).max(150).default(20),
  /** Candles of the narrower channel that ends a position on its other side. */
  exitPeriod: z.int().min(2).max(150).default(10),
  /** A breakout still counts this many candles after it began. */
  memory: z.int().min(1).max(40).default(5),
  /** Distance of the stop in average true ranges. */
  stopRanges: z.number().min(1).max(100).default(10),
});
type Params = z.infer<typeof params>;

interface Break {
  readonly market: MarketView;
  readonly channel: Band;
  /** How far the price is out of the channel, in widths of it; above 0 over the top, below 0 under the bottom. */
  readonly excess: number;
}

export const breakout = defineStrategy({
  name: 'breakout',
  description:
    'Trades prices that leave their Donchian channel, until they cross the opposite side of a narrower one.',
  params,
  decide(view, params) {
    const measured = openMarkets(view).flatMap((market) => measure(market, params));
    const breaks = measured
      .filter(({ excess }) => excess !== 0)
      .toSorted((a, b) => Math.abs(b.excess) - Math.abs(a.excess));
    const entries = breaks.map((found, index) =>
      toEntry(found, { params, place: rank(index, measured.length, 'strongest break') }),
    );
    const decisions = [...exits(view, params), ...planEntries(view, entries, params)];
    return orHold(decisions, () => {
      if (measured.length === 0)
        return `No symbol is free and has the candles a ${params.entryPeriod}-candle channel needs`;
      return breaks.length === 0
        ? `All ${measured.length} free symbols are inside their ${params.entryPeriod}-candle channels`
        : `Keeps its positions; ${breaks.length} breaks find no free slot or cash`;
    });
  },
});

/** The channel ends `memory` candles ago, so that the break itself is not part of it. */
function measure(market: MarketView, { entryPeriod, memory }: Params): Break[] {
  const channel = donchian(market.candles.slice(0, -memory), entryPeriod);
  if (!channel || channel.upper <= channel.lower) return [];
  const { price } = market.quote;
  const outside = Math.max(0, price - channel.upper) - Math.max(0, channel.lower - price);
  return [{ market, channel, excess: outside / (channel.upper - channel.lower) }];
}

function exits(view: TurnView, { exitPeriod }: Params): readonly Decision[] {
  return actionablePositions(view).flatMap(({ position, market }) => {
    const channel = donchian(market.candles.slice(0, -1), exitPeriod);
    if (!channel) return [];
    const isLong = position.side === 'LONG';
    const edge = isLong ? channel.lower : channel.upper;
    const isCrossed = isLong ? market.quote.price < edge : market.quote.price > edge;
    if (!isCrossed) return [];
    const [now, side] = [price(market.quote.price, market), isLong ? 'under the low' : 'over the high'];
    const text = `${market.spec.symbol} at ${now} is ${side} of ${exitPeriod} candles ${price(edge, market)}`;
    return [close(position, text)];
  });
}

function toEntry({ market, channel, excess }: Break, context: { params: Params; place: string }): Entry {
  const { params, place } = context;
  const [side, edge] = excess > 0 ? (['high', channel.upper] as const) : (['low', channel.lower] as const);
  const range = atr(market.candles, 14) ?? market.quote.price * 0.001;
  const least = market.quote.price * 0.004;
  const numbers = `${price(market.quote.price, market)} is beyond the ${params.entryPeriod}-candle ${side} ${price(edge, market)}`;
  const width = `${Math.abs(excess * 100).toFixed(0)} % of the channel's width`;
  return {
    market,
    side: excess > 0 ? 'LONG' : 'SHORT',
    equityShare: params.equityShare,
    leverage: params.leverage,
    stopDistance: Math.max(range * params.stopRanges, least),
    because: `${market.spec.symbol} at ${numbers} by ${width}, ${place}`,
  };
}
