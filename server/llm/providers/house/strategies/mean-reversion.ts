import { z } from 'zod';
import type { Decision, Side } from '../../../../engine/model.ts';
import { bollinger, rsi, type Band } from '../../../../market/indicators.ts';
import type { MarketView, TurnView } from '../../../provider.ts';
import {
  actionablePositions,
  close,
  closesOf,
  openMarkets,
  orHold,
  planEntries,
  type Entry,
} from '../book.ts';
import { defineStrategy, sizingParams } from '../strategy.ts';
import { price, rank } from '../wording.ts';

const params = z.strictObject({
  ...sizingParams,
  rsiPeriod: z.int().min(2).max(100).default(14),
  bandPeriod: z.int().min(5).max(180).default(20),
  bandDeviations: z.number().min(0.5).max(4).default(1.5),
  /** Long below it; short above 100 minus it. */
  oversold: z.number().min(1).max(49).default(38),
  /** The way back to the middle must be worth this many times the fees and slippage of entry and exit. */
  minReward: z.number().min(0).max(20).default(2.5),
  /** Distance of the stop in band half-widths. */
  stopWidths: z.number().min(0.5).max(20).default(4),
});
type Params = z.infer<typeof params>;

interface Stretch {
  readonly market: MarketView;
  readonly rsi: number;
  readonly band: Band;
  /** Distance of the price from the middle in half-widths of the band: -1 is the lower band, +1 the upper. */
  readonly reach: number;
}

export const meanReversion = defineStrategy({
  name: 'mean-reversion',
  description:
    'Buys what fell too far and sells what rose too far, by RSI and Bollinger bands, until the middle.',
  params,
  decide(view, params) {
    const stretches = openMarkets(view)
      .flatMap((market) => measure(market, params))
      .toSorted((a, b) => Math.abs(b.reach) - Math.abs(a.reach));
    const costs = (2 * (view.rules.takerFeeBps + view.rules.slippageBps)) / 10_000;
    const entries = stretches.flatMap((stretch, index) => {
      const isWorthIt = wayBack(stretch) >= params.minReward * costs;
      const side = isWorthIt ? signalOf(stretch, params) : null;
      const place = rank(index, stretches.length, 'furthest stretched');
      return side ? [toEntry(stretch, { params, side, place })] : [];
    });
    const decisions = [...exits(view, params), ...planEntries(view, entries, params)];
    return orHold(decisions, () => explain(stretches[0], { params, found: entries.length }));
  },
});

function measure(market: MarketView, { rsiPeriod, bandPeriod, bandDeviations }: Params): Stretch[] {
  const closes = closesOf(market);
  const strength = rsi(closes, rsiPeriod);
  const band = bollinger(closes, bandPeriod, bandDeviations);
  if (strength === null || band === null || band.upper <= band.middle) return [];
  const reach = (market.quote.price - band.middle) / (band.upper - band.middle);
  return [{ market, rsi: strength, band, reach }];
}

function signalOf({ rsi, reach }: Stretch, { oversold }: Params): Side | null {
  if (reach <= -1 && rsi <= oversold) return 'LONG';
  return reach >= 1 && rsi >= 100 - oversold ? 'SHORT' : null;
}

/** Distance from the price to the middle, a fraction of the price. */
function wayBack({ market, band }: Stretch): number {
  return Math.abs(market.quote.price - band.middle) / market.quote.price;
}

function exits(view: TurnView, params: Params): readonly Decision[] {
  return actionablePositions(view).flatMap(({ position, market }) => {
    const [stretch] = measure(market, params);
    if (!stretch) return [];
    const isBack = position.side === 'LONG' ? stretch.reach >= 0 : stretch.reach <= 0;
    return isBack ? [close(position, `Back past the middle, ${words(stretch, params)}`)] : [];
  });
}

function toEntry(stretch: Stretch, context: { params: Params; side: Side; place: string }): Entry {
  const { params, side, place } = context;
  const { market, band } = stretch;
  const least = market.quote.price * 0.004;
  return {
    market,
    side,
    equityShare: params.equityShare,
    leverage: params.leverage,
    stopDistance: Math.max((band.upper - band.middle) * params.stopWidths, least),
    because: `${words(stretch, params)}, ${place}`,
  };
}

function words({ market, rsi, band, reach }: Stretch, params: Params): string {
  const [side, edge] = reach < 0 ? (['lower', band.lower] as const) : (['upper', band.upper] as const);
  const numbers = `${price(market.quote.price, market)} against the ${side} band ${price(edge, market)}`;
  return `${market.spec.symbol} at ${numbers} and RSI${params.rsiPeriod} ${rsi.toFixed(1)}`;
}

function explain(furthest: Stretch | undefined, context: { params: Params; found: number }): string {
  if (!furthest) return `No symbol is free and has the ${context.params.bandPeriod} candles the bands need`;
  return context.found === 0
    ? `Nothing is stretched enough to pay for the trade; furthest is ${words(furthest, context.params)}`
    : `Keeps its positions; ${words(furthest, context.params)} finds no free slot or cash`;
}
