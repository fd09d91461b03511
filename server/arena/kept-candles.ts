import { setImmediate } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import { findFirstCandleTime, listCandles } from '../db/queries/candles.ts';
import type { Candle } from '../engine/model.ts';

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;
/** Stored candles one statement may draw together: a few milliseconds. */
const CANDLES_AT_ONCE = 6000;
/** Units of all symbols kept: hours of a year of twenty symbols. */
const MOST_UNITS = 200_000;

export type CandleContext = Pick<AppContext, 'db' | 'clock' | 'market'>;

export interface Buckets {
  readonly symbol: string;
  /** Start of the first bucket and end of the last, on multiples of `stepMs`. */
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

/** Candles drawn together from rows, oldest first. Long spans are read piece by piece, so that others get their turn. */
export async function candlesFromRows(ctx: CandleContext, buckets: Buckets): Promise<Candle[]> {
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

/** What candles are kept in: the longest of these that makes up the interval. */
export function unitOf(stepMs: number): number | undefined {
  return [HOUR_MS, QUARTER_MS].find((unitMs) => stepMs % unitMs === 0);
}

/** Start of a unit -> its candle; null = a unit without. */
type Units = Map<number, Candle | null>;
/** By symbol and length. */
const kept = new WeakMap<AppContext['db'], Map<string, Units>>();

/**
 * Candles of `unitMs`, oldest first. A unit that is over never changes, so each is drawn together once: days and weeks
 * are then made of hours, not of tens of thousands of rows.
 */
export async function keptCandles(
  ctx: CandleContext,
  unitMs: number,
  span: { symbol: string; start: number; end: number },
): Promise<Candle[]> {
  const { symbol } = span;
  const units = unitsOf(ctx, `${symbol} ${unitMs}`);
  const from = Math.floor(span.start / unitMs) * unitMs;
  const settled = Math.min(span.end, settledBefore(ctx, symbol, unitMs));
  await fill(ctx, units, { symbol, start: from, end: settled, stepMs: unitMs });
  const known: Candle[] = [];
  for (let at = from; at < settled; at += unitMs) {
    const candle = units.get(at);
    if (candle) known.push(candle);
  }
  const running = { symbol, start: Math.max(from, settled), end: span.end, stepMs: unitMs };
  return [...known, ...(await candlesFromRows(ctx, running))];
}

function unitsOf(ctx: CandleContext, key: string): Units {
  let series = kept.get(ctx.db);
  const count = series ? [...series.values()].reduce((sum, units) => sum + units.size, 0) : 0;
  if (!series || count > MOST_UNITS) kept.set(ctx.db, (series = new Map()));
  const units: Units = series.get(key) ?? new Map();
  series.set(key, units);
  return units;
}

/** The unit of the newest candle is still running; those before it are stored whole. */
function settledBefore(ctx: CandleContext, symbol: string, unitMs: number): number {
  const newest = ctx.market.recentCandles(symbol, 1).at(-1);
  return newest ? Math.floor(newest.openedAt / unitMs) * unitMs : 0;
}

async function fill(
  ctx: CandleContext,
  units: Units,
  { symbol, start, end, stepMs }: Buckets,
): Promise<void> {
  const firstAt = (await findFirstCandleTime(ctx.db, symbol)) ?? end;
  const missing: number[] = [];
  for (let at = Math.max(start, Math.floor(firstAt / stepMs) * stepMs); at < end; at += stepMs)
    if (!units.has(at)) missing.push(at);
  const [from, last] = [missing[0], missing.at(-1)];
  if (from === undefined || last === undefined) return;
  const drawn = await candlesFromRows(ctx, { symbol, start: from, end: last + stepMs, stepMs });
  for (const at of missing) units.set(at, null);
  for (const candle of drawn) units.set(candle.openedAt, candle);
}
