import type { AppContext, BotBook } from '../context.ts';
import type { EquityCurve, SnapshotView } from '../contract/http/bots.ts';
import {
  findSnapshot,
  listCurves,
  listHourlyCurves,
  listHourlySnapshots,
  listSnapshots,
  type SnapshotRow,
  type Thinning,
} from '../db/queries/snapshots.ts';

const HOUR_MS = 3_600_000;
/** Longer spans are drawn from the hourly rollup: a day and a half of snapshots is all that is ever walked. */
const RAW_SPAN_MS = 36 * HOUR_MS;

export interface Span {
  readonly from: number;
  readonly to: number;
  /** At most so many points. */
  readonly limit: number;
}

/** One bot's snapshots of its present epoch, newest first, spread over the span. */
export async function readSnapshots(ctx: AppContext, book: BotBook, asked: Span): Promise<SnapshotView[]> {
  const first = ctx.equityStats.firstAt(book.botId);
  if (first === null) return [];
  const span = { ...asked, from: Math.max(asked.from, first) };
  const rows = isShort(span)
    ? await listSnapshots(ctx.db, book.botId, bySnapshot(span))
    : await hourlySnapshots(ctx, book.botId, span);
  return rows
    .filter((row) => row.epoch === book.epoch && row.timestamp >= span.from)
    .slice(0, span.limit)
    .map(snapshotView);
}

/** The running hour is not rolled up yet; it stands with its last snapshot. */
async function hourlySnapshots(ctx: AppContext, botId: string, span: Span): Promise<SnapshotRow[]> {
  const rows = await listHourlySnapshots(ctx.db, botId, byHour(span));
  const last = ctx.equityStats.lastPoint(botId);
  if (!last || last.at > span.to || last.at <= (rows[0]?.timestamp ?? 0)) return rows;
  const newest = await findSnapshot(ctx.db, botId, last.at);
  return newest ? [newest, ...rows] : rows;
}

/** Several bots' values in their present epochs, oldest first, spread over the span. At most CURVES_AT_ONCE bots. */
export async function readCurves(
  ctx: AppContext,
  books: readonly BotBook[],
  asked: Span,
): Promise<EquityCurve[]> {
  const known = books.map(({ botId }) => ctx.equityStats.firstAt(botId)).filter((first) => first !== null);
  if (known.length === 0) return books.map(({ botId }) => ({ botId, points: [] }));
  const span = { ...asked, from: Math.max(asked.from, Math.min(...known)) };
  const botIds = books.map(({ botId }) => botId);
  const rows = isShort(span)
    ? await listCurves(ctx.db, botIds, bySnapshot(span))
    : await listHourlyCurves(ctx.db, botIds, byHour(span));
  const byBot = Map.groupBy(rows, (row) => row.bot_id);
  return books.map(({ botId, epoch }) => {
    const points = (byBot.get(botId) ?? [])
      .filter((row) => row.epoch === epoch && row.timestamp >= span.from)
      .map((row): [number, number] => [row.timestamp, row.total_value]);
    return {
      botId,
      points: [...points, ...newestPoint(ctx, botId, { after: points.at(-1)?.[0] ?? 0, to: span.to })].slice(
        -span.limit,
      ),
    };
  });
}

/** The running hour is not rolled up yet; a curve still ends at the last snapshot. */
function newestPoint(
  ctx: AppContext,
  botId: string,
  { after, to }: { after: number; to: number },
): [number, number][] {
  const last = ctx.equityStats.lastPoint(botId);
  return last && last.at > after && last.at <= to ? [[last.at, last.value]] : [];
}

function isShort(span: Span): boolean {
  return span.to - span.from <= RAW_SPAN_MS;
}

function bySnapshot({ from, to, limit }: Span): Thinning {
  return { from, to, stepMs: Math.max(1, Math.ceil((to - from + 1) / limit)) };
}

function byHour({ from, to, limit }: Span): Thinning {
  const start = Math.floor(from / HOUR_MS) * HOUR_MS;
  const hours = Math.ceil((to - start) / HOUR_MS);
  return { from: start, to, stepMs: Math.ceil(hours / Math.max(1, limit - 1)) * HOUR_MS };
}

function snapshotView(row: SnapshotRow): SnapshotView {
  return {
    timestamp: row.timestamp,
    balance: row.balance,
    margin: row.margin,
    unrealizedPnl: row.unrealized_pnl,
    realizedPnl: row.realized_pnl,
    totalValue: row.total_value,
    tradeCount: row.trade_count,
    winRate: row.trade_count === 0 ? null : row.win_rate,
  };
}
