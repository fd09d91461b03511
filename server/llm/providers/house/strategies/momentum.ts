import { z } from 'zod';
import type { Decision } from '../../../../engine/model.ts';
import { atr, ema } from '../../../../market/indicators.ts';
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
import { price, rank, signedPercent } from '../wording.ts';

const params = z
  .strictObject({
    ...sizingParams,
    fast: z.int().min(2).max(100).default(12),
    slow: z.int().min(3).max(180).default(26),
    /** Smallest distance of the averages that counts as a trend, as a fraction of the slow one. */
    minGap: z.number().min(0).max(0.1).default(0.0003),
    /** Distance of the stop in average true ranges; the target is twice as far. */
    stopRanges: z.number().min(1).max(100).default(12),
  })
  .refine(({ fast, slow }) => fast < slow, { error: 'fast must be below slow', path: ['fast'] });
type Params = z.infer<typeof params>;

interface Trend {
  readonly market: MarketView;
  readonly fast: number;
  readonly slow: number;
  /** (fast - slow) / slow. */
  readonly gap: number;
}

export const momentum = defineStrategy({
  name: 'momentum',
  description:
    'Follows the exponential averages: long while the fast one is above the slow one, short below it.',
  params,
  decide(view, params) {
    const trends = openMarkets(view)
      .flatMap((market) => measure(market, params))
      .toSorted((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
    const entries = trends
      .filter(({ gap }) => Math.abs(gap) >= params.minGap)
      .map((trend, index) => toEntry(trend, { params, place: rank(index, trends.length, 'widest') }));
    const decisions = [...exits(view, params), ...planEntries(view, entries, params)];
    return orHold(decisions, () => explain(trends[0], params));
  },
});

function measure(market: MarketView, { fast, slow }: Params): Trend[] {
  const closes = closesOf(market);
  const fastAverage = ema(closes, fast);
  const slowAverage = ema(closes, slow);
  if (fastAverage === null || slowAverage === null) return [];
  return [{ market, fast: fastAverage, slow: slowAverage, gap: (fastAverage - slowAverage) / slowAverage }];
}

function exits(view: TurnView, params: Params): readonly Decision[] {
  return actionablePositions(view).flatMap(({ position, market }) => {
    const [trend] = measure(market, params);
    if (!trend) return [];
    const isReversed = position.side === 'LONG' ? trend.gap < 0 : trend.gap > 0;
    return isReversed ? [close(position, `The trend turned, ${words(trend, params)}`)] : [];
  });
}

function toEntry(trend: Trend, context: { params: Params; place: string }): Entry {
  const { params, place } = context;
  const { market } = trend;
  const range = atr(market.candles, 14) ?? market.quote.price * 0.001;
  const stopDistance = Math.max(range * params.stopRanges, market.quote.price * 0.004);
  return {
    market,
    side: trend.gap > 0 ? 'LONG' : 'SHORT',
    equityShare: params.equityShare,
    leverage: params.leverage,
    stopDistance,
    targetDistance: stopDistance * 2,
    because: `${words(trend, params)}, ${place}`,
  };
}

function words({ market, fast, slow, gap }: Trend, params: Params): string {
  const [upper, lower] = [price(fast, market), price(slow, market)];
  const side = gap >= 0 ? 'above' : 'below';
  return `${market.spec.symbol} EMA${params.fast} ${upper} is ${side} EMA${params.slow} ${lower} (${signedPercent(gap, 3)})`;
}

function explain(widest: Trend | undefined, params: Params): string {
  if (!widest) return `No symbol is free and has the ${params.slow} candles the averages need`;
  const floor = signedPercent(params.minGap, 3).slice(1);
  return Math.abs(widest.gap) < params.minGap
    ? `No trend is wide enough: ${words(widest, params)} is the widest, ${floor} is asked for`
    : `Keeps its positions; the next candidate ${words(widest, params)} finds no free slot or cash`;
}
