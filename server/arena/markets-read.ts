import type { AppContext } from '../context.ts';
import type { CandlesResponse, Market } from '../contract/http/markets.ts';
import type { Candle, SymbolSpec } from '../engine/model.ts';
import { NotFoundError } from '../errors.ts';
import { resample } from '../market/candles.ts';
import { candlesFromRows, keptCandles, unitOf, type CandleContext } from './kept-candles.ts';

type CandleView = CandlesResponse['items'][number];

const MINUTE_MS = 60_000;
/** How many of the last candles are looked for in memory. */
const MEMORY_CANDLES = 1500;

export interface CandleQuery {
  readonly intervalMs: number;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

export function listMarkets(ctx: AppContext): Market[] {
  return ctx.market.symbols.map((spec) => marketView(ctx, spec));
}

function marketView(ctx: AppContext, spec: SymbolSpec): Market {
  const quote = ctx.market.quote(spec.symbol);
  return {
    symbol: spec.symbol,
    tickSize: spec.tickSize,
    stepSize: spec.stepSize,
    maxLeverage: spec.maxLeverage,
    maintenanceRate: spec.maintenanceRate,
    price: quote?.price ?? null,
    priceAt: quote?.at ?? null,
    isStale: quote?.isStale ?? true,
    change24h: ctx.market.change24h(spec.symbol),
    sparkline: sparkline(ctx, spec.symbol),
  };
}

const sparklines = new WeakMap<AppContext['market'], Map<string, { minute: number; closes: number[] }>>();

/** Walks a day of candles, so each symbol's is made once a minute of the arena's clock. */
function sparkline(ctx: AppContext, symbol: string): number[] {
  const known = sparklines.get(ctx.market) ?? new Map<string, { minute: number; closes: number[] }>();
  sparklines.set(ctx.market, known);
  const minute = Math.floor(ctx.clock.now() / MINUTE_MS);
  const last = known.get(symbol);
  if (last?.minute === minute) return last.closes;
  const closes = [...ctx.market.sparkline(symbol)];
  known.set(symbol, { minute, closes });
  return closes;
}

/**
 * Candles of `intervalMs` over [from, to], the last `limit` buckets of it, oldest first; the newest may be unfinished.
 * An interval shorter than the source's own gives the source's candles. @throws NotFoundError for an unknown symbol.
 */
export async function readCandles(
  ctx: CandleContext,
  symbol: string,
  { from, to, intervalMs, limit }: CandleQuery,
): Promise<CandleView[]> {
  if (!ctx.market.spec(symbol)) throw new NotFoundError('market', symbol);
  const stepMs = Math.max(intervalMs, ctx.market.candleMs);
  const end = Math.floor(Math.min(to ?? Number.MAX_SAFE_INTEGER, ctx.clock.now()) / stepMs) * stepMs + stepMs;
  const start = Math.max(Math.floor((from ?? 0) / stepMs) * stepMs, end - limit * stepMs);
  const recent = ctx.market.recentCandles(symbol, MEMORY_CANDLES);
  const oldest = recent[0]?.openedAt;
  if (oldest !== undefined && oldest <= start) {
    const inside = recent.filter((candle) => candle.openedAt >= start && candle.openedAt < end);
    return resample(inside, stepMs).map(candleView);
  }
  const unitMs = unitOf(stepMs);
  const candles =
    unitMs !== undefined && ctx.market.candleMs < unitMs
      ? resample(await keptCandles(ctx, unitMs, { symbol, start, end }), stepMs)
      : await candlesFromRows(ctx, { symbol, start, end, stepMs });
  return candles.map(candleView);
}

function candleView({ openedAt, open, high, low, close, volume }: Candle): CandleView {
  return { openedAt, open, high, low, close, volume };
}
