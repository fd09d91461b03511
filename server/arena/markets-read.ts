import { setImmediate } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import type { CandlesResponse, Market } from '../contract/http/markets.ts';
import { findFirstCandleTime, listCandles } from '../db/queries/candles.ts';
import type { Candle, SymbolSpec } from '../engine/model.ts';
import { NotFoundError } from '../errors.ts';
import { resample } from '../market/candles.ts';

type CandleView = CandlesResponse['items'][number];

const MINUTE_MS = 60_000;
/** Stored candles one statement may draw together: a few milliseconds. */
const CANDLES_AT_ONCE = 6000;
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
  ctx: AppContext,
  symbol: string,
  { from, to, intervalMs, limit }: CandleQuery,
): Promise<CandleView[]> {
  if (!ctx.market.spec(symbol)) throw new NotFoundError('market', symbol);
  const stepMs = Math.max(intervalMs, ctx.market.candleMs);
  const end = Math.floor(Math.min(to ?? Number.MAX_SAFE_INTEGER, ctx.clock.now()) / stepMs) * stepMs + stepMs;
  const start = Math.max(Math.floor((from ?? 0) / stepMs) * stepMs, end - limit * stepMs);
  const recent = ctx.market.recentCandles(symbol, MEMORY_CANDLES);
  const oldest = recent[0]?.openedAt;
  const isInMemory = oldest !== undefined && oldest <= start;
  return isInMemory
    ? fromMemory(recent, { start, end, stepMs })
    : await fromRows(ctx, symbol, { start, end, stepMs });
}

interface Buckets {
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

function fromMemory(candles: readonly Candle[], { start, end, stepMs }: Buckets): CandleView[] {
  const inside = candles.filter((candle) => candle.openedAt >= start && candle.openedAt < end);
  return resample(inside, stepMs).map(({ openedAt, open, high, low, close, volume }) => ({
    openedAt,
    open,
    high,
    low,
    close,
    volume,
  }));
}

/** Long spans are read piece by piece, so that other requests get their turn in between. */
async function fromRows(
  ctx: AppContext,
  symbol: string,
  { start, end, stepMs }: Buckets,
): Promise<CandleView[]> {
  const first = await findFirstCandleTime(ctx.db, symbol);
  if (first === undefined) return [];
  const pieceMs = Math.max(1, Math.floor((CANDLES_AT_ONCE * ctx.market.candleMs) / stepMs)) * stepMs;
  const candles: CandleView[] = [];
  for (let from = Math.max(start, Math.floor(first / stepMs) * stepMs); from < end; from += pieceMs) {
    if (candles.length > 0) await setImmediate();
    const rows = await listCandles(ctx.db, { symbol, from, to: Math.min(from + pieceMs, end), stepMs });
    for (const { opened_at, ...prices } of rows) candles.push({ openedAt: opened_at, ...prices });
  }
  return candles;
}
