import { setImmediate } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import { findFirstCandleTime, listCandles } from '../db/queries/candles.ts';
import type { Candle } from '../engine/model.ts';

export const HOUR_MS = 3_600_000;
/** Stored candles one statement may draw together: a few milliseconds. */
const CANDLES_AT_ONCE = 6000;
/** Hours of all symbols kept; a year of twenty symbols. */
const MOST_HOURS = 200_000;

export interface Buckets {
  readonly symbol: string;
  /** Start of the first bucket and end of the last, on multiples of `stepMs`. */
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

/** Candles drawn together from rows, oldest first. Long spans are read piece by piece, so that others get their turn. */
export async function candlesFromRows(ctx: AppContext, buckets: Buckets): Promise<Candle[]> {
  const { symbol, start, end, stepMs } = buckets;
  const first = await findFirstCandleTime(ctx.db, symbol);
  if (first === undefined) return [];
  const pieceMs = Math.max(1, Math.floor((CANDLES_AT_ONCE * ctx.market.candleMs) / stepMs)) * stepMs;
  const candles: Candle[] = [];
  for (let from = Math.max(start, Math.floor(first / stepMs) * stepMs); from < end; from += pieceMs) {
    if (candles.length > 0) await setImmediate();
    const rows = await listCandles(ctx.db, { symbol, from, to: Math.min(from + pieceMs, end), stepMs });
    for (const { opened_at, ...prices } of rows) candles.push({ symbol, openedAt: opened_at, ...prices });
  }
  return candles;
}

/** symbol -> start of an hour -> its candle; null = an hour without. */
type Hours = Map<string, Map<number, Candle | null>>;
const kept = new WeakMap<AppContext['db'], Hours>();

/**
 * Candles of one hour, oldest first. An hour that is over never changes, so each is drawn together once: days and weeks
 * are then made of hours, not of tens of thousands of rows.
 */
export async function hourCandles(
  ctx: AppContext,
  span: { symbol: string; start: number; end: number },
): Promise<Candle[]> {
  const { symbol } = span;
  const hours = hoursOf(ctx, symbol);
  const from = Math.floor(span.start / HOUR_MS) * HOUR_MS;
  const settled = Math.min(span.end, settledBefore(ctx, symbol));
  await fill(ctx, hours, { symbol, start: from, end: settled });
  const known: Candle[] = [];
  for (let at = from; at < settled; at += HOUR_MS) {
    const candle = hours.get(at);
    if (candle) known.push(candle);
  }
  const running = { symbol, start: Math.max(from, settled), end: span.end, stepMs: HOUR_MS };
  return [...known, ...(await candlesFromRows(ctx, running))];
}

function hoursOf(ctx: AppContext, symbol: string): Map<number, Candle | null> {
  let symbols = kept.get(ctx.db);
  const count = symbols ? [...symbols.values()].reduce((sum, hours) => sum + hours.size, 0) : 0;
  if (!symbols || count > MOST_HOURS) kept.set(ctx.db, (symbols = new Map()));
  const hours = symbols.get(symbol) ?? new Map<number, Candle | null>();
  symbols.set(symbol, hours);
  return hours;
}

/** The hour of the newest candle is still running; those before it are stored whole. */
function settledBefore(ctx: AppContext, symbol: string): number {
  const newest = ctx.market.recentCandles(symbol, 1).at(-1);
  return newest ? Math.floor(newest.openedAt / HOUR_MS) * HOUR_MS : 0;
}

async function fill(
  ctx: AppContext,
  hours: Map<number, Candle | null>,
  { symbol, start, end }: { symbol: string; start: number; end: number },
): Promise<void> {
  const first = Math.max(
    start,
    Math.floor(((await findFirstCandleTime(ctx.db, symbol)) ?? end) / HOUR_MS) * HOUR_MS,
  );
  const missing: number[] = [];
  for (let at = first; at < end; at += HOUR_MS) if (!hours.has(at)) missing.push(at);
  const [from, last] = [missing[0], missing.at(-1)];
  if (from === undefined || last === undefined) return;
  const buckets = { symbol, start: from, end: last + HOUR_MS, stepMs: HOUR_MS };
  const drawn = await candlesFromRows(ctx, buckets);
  for (const at of missing) hours.set(at, null);
  for (const candle of drawn) hours.set(candle.openedAt, candle);
}
