import { z } from 'zod';
import type { Decision } from '../../../../engine/model.ts';
import { realisedVolatility } from '../../../../market/indicators.ts';
import type { MarketView, TurnView } from '../../../provider.ts';
import {
  actionablePositions,
  candleMsOf,
  close,
  closesOf,
  openMarkets,
  orHold,
  planEntries,
  type Entry,
} from '../book.ts';
import { defineStrategy, sizingParams } from '../strategy.ts';
import { rank, signedPercent } from '../wording.ts';

const YEAR_MS = 365 * 86_400_000;
const DAY_MS = 86_400_000;

const params = z.strictObject({
  maxPositions: sizingParams.maxPositions,
  maxEntries: sizingParams.maxEntries,
  maxLeverage: z.int().min(1).max(20).default(5),
  /** Candles the trend and the volatility are measured over. */
  lookback: z.int().min(10).max(199).default(60),
  /** The daily move of equity one position may cause, as a fraction. */
  dailyRisk: z.number().min(0.0001).max(0.1).default(0.01),
  /** Smallest return over the lookback in units of its own volatility that counts as a trend. */
  minStrength: z.number().min(0).max(10).default(0.8),
});
type Params = z.infer<typeof params>;

interface Trend {
  readonly market: MarketView;
  /** Return over the lookback, a fraction. */
  readonly change: number;
  /** Volatility a day, a fraction. */
  readonly daily: number;
  /** The return in units of the volatility over the same time. */
  readonly strength: number;
}

export const volatilityTrend = defineStrategy({
  name: 'volatility-trend',
  description: 'Follows trends with the same risk in each: the wilder a symbol, the smaller its position.',
  params,
  decide(view, params) {
    const trends = openMarkets(view)
      .flatMap((market) => measure(market, params))
      .toSorted((a, b) => Math.abs(b.strength) - Math.abs(a.strength));
    const entries = trends
      .filter(({ strength }) => Math.abs(strength) >= params.minStrength)
      .map((trend, index) => toEntry(trend, { params, place: rank(index, trends.length, 'strongest') }));
    const decisions = [...exits(view, params), ...planEntries(view, entries, params)];
    return orHold(decisions, () => explain(trends[0], params));
  },
});

function measure(market: MarketView, { lookback }: Params): Trend[] {
  const closes = closesOf(market);
  const candleMs = candleMsOf(market);
  const yearly = realisedVolatility(closes, { period: lookback, candleMs });
  const then = closes.at(-lookback - 1);
  if (yearly === null || yearly === 0 || then === undefined) return [];
  const change = market.quote.price / then - 1;
  const strength = change / (yearly * Math.sqrt((lookback * candleMs) / YEAR_MS));
  return [{ market, change, daily: yearly * Math.sqrt(DAY_MS / YEAR_MS), strength }];
}

function exits(view: TurnView, params: Params): readonly Decision[] {
  return actionablePositions(view).flatMap(({ position, market }) => {
    const [trend] = measure(market, params);
    if (!trend) return [];
    const isReversed = position.side === 'LONG' ? trend.change < 0 : trend.change > 0;
    return isReversed ? [close(position, `The trend turned, ${words(trend, params)}`)] : [];
  });
}

/** Exposure = daily risk / daily volatility, as margin of 5 to 20 % of equity times a whole leverage. */
function toEntry(trend: Trend, context: { params: Params; place: string }): Entry {
  const { params, place } = context;
  const { market, daily } = trend;
  const exposure = params.dailyRisk / daily;
  const leverage = Math.min(params.maxLeverage, Math.max(1, Math.ceil(exposure / 0.15)));
  return {
    market,
    side: trend.change > 0 ? 'LONG' : 'SHORT',
    equityShare: Math.min(0.2, Math.max(0.05, exposure / leverage)),
    leverage,
    stopDistance: market.quote.price * Math.min(0.5 / leverage, Math.max(0.004, daily)),
    because: `${words(trend, params)}, ${place}`,
  };
}

function words({ market, change, daily, strength }: Trend, { lookback }: Params): string {
  const move = `${signedPercent(change)} over ${lookback} candles`;
  return `${market.spec.symbol} moved ${move}, ${Math.abs(strength).toFixed(1)} times its volatility of ${(daily * 100).toFixed(1)} % a day`;
}

function explain(strongest: Trend | undefined, params: Params): string {
  if (!strongest) return `No symbol is free and has the ${params.lookback} candles the trend needs`;
  return Math.abs(strongest.strength) < params.minStrength
    ? `No trend is strong enough: ${words(strongest, params)} is the strongest, ${params.minStrength} times is asked for`
    : `Keeps its positions; ${words(strongest, params)} finds no free slot or cash`;
}
