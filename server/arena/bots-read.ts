import type { AppContext, BotBook } from '../context.ts';
import type { BotDetail, BotSummary } from '../contract/http/bots.ts';
import { publishingOf } from '../contract/publishing.ts';
import { findPublicBot, listPublicBots, type PublicBotRow } from '../db/queries/bots-read.ts';
import { findSnapshotTime, findValueAt, listValuesAt, type EquityRow } from '../db/queries/snapshots.ts';
import { lockedMarginMicros } from '../engine/mark.ts';
import { NotFoundError } from '../errors.ts';
import { bookView, usd, winRate } from './views.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const REFERENCE_STRATEGIES: ReadonlySet<string> = new Set(['buy-and-hold', 'flat', 'random']);

interface PastValues {
  readonly hourAgo: EquityRow | undefined;
  readonly dayAgo: EquityRow | undefined;
}

/** Every bot that is not deleted, oldest first. @param most only so many with the highest values, and references. */
export async function listBots(ctx: AppContext, most = Number.POSITIVE_INFINITY): Promise<BotSummary[]> {
  const isLeading = leadersOf(ctx, most);
  const now = ctx.clock.now();
  const [rows, hourAgo, dayAgo] = await Promise.all([
    listPublicBots(ctx.db),
    valuesAt(ctx, now - HOUR_MS),
    valuesAt(ctx, now - DAY_MS),
  ]);
  const shown = rows.filter((row) => isLeading(row.id) || isReference(row));
  return shown.flatMap((row) => {
    const book = ctx.books.get(row.id);
    return book
      ? [summary(ctx, { row, book, past: { hourAgo: hourAgo.get(row.id), dayAgo: dayAgo.get(row.id) } })]
      : [];
  });
}

function leadersOf(ctx: AppContext, most: number): (botId: string) => boolean {
  const books = ctx.books.list();
  if (books.length <= most) return () => true;
  const valued = books.map(({ botId }) => ({ botId, value: ctx.books.equityMicros(botId) }));
  const leaders = valued.toSorted((a, b) => b.value - a.value).slice(0, most);
  const ids = new Set(leaders.map(({ botId }) => botId));
  return (botId) => ids.has(botId);
}

/** @throws NotFoundError for unknown and deleted bots alike. */
export async function getBot(ctx: AppContext, botId: string): Promise<BotDetail> {
  const row = await getPublicBot(ctx, botId);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const now = ctx.clock.now();
  const [hourAgo, dayAgo] = await Promise.all([
    valueAt(ctx, botId, now - HOUR_MS),
    valueAt(ctx, botId, now - DAY_MS),
  ]);
  const { positions } = bookView(botId, book.account, (symbol) => markOf(ctx, symbol));
  return {
    ...summary(ctx, { row, book, past: { hourAgo, dayAgo } }),
    tradingSymbols: row.trading_symbols === null ? null : (JSON.parse(row.trading_symbols) as string[]),
    turnIntervalMs: ctx.turns.state(botId).intervalMs,
    skippedTurns: row.skipped_turns,
    prompt: publishingOf({ isHouse: row.is_house === 1 }).prompt === 'public' ? row.prompt : null,
    openPositions: positions,
  };
}

/** @throws NotFoundError for unknown and deleted bots alike. */
export async function getPublicBot(
  ctx: AppContext,
  botId: string,
): Promise<PublicBotRow & { prompt: string }> {
  const row = await findPublicBot(ctx.db, botId);
  if (!row) throw new NotFoundError('bot', botId);
  return row;
}

/** The last price of a symbol, however old; null = none known. */
export function markOf(ctx: AppContext, symbol: string): number | null {
  return ctx.market.quote(symbol)?.price ?? null;
}

function summary(
  ctx: AppContext,
  { row, book, past }: { row: PublicBotRow; book: BotBook; past: PastValues },
): BotSummary {
  const turn = ctx.turns.state(row.id);
  return {
    ...identity(row),
    ...figures(ctx, book, past),
    isTurnRunning: turn.isRunning,
    nextTurnAt: turn.nextTurnAt,
  };
}

function identity(row: PublicBotRow) {
  const isHouse = row.is_house === 1;
  return {
    id: row.id,
    name: row.name,
    owner: { id: row.user_id, username: row.username, isHouse },
    provider: { type: row.provider_type, model: row.model_name },
    isReference: isReference(row),
    tradingMode: row.trading_mode,
    createdAt: row.created_at,
    isPaused: row.is_paused === 1 || row.is_active === 0,
    pauseReason: publishingOf({ isHouse }).reasoning === 'public' ? row.pause_reason : null,
  };
}

function isReference(row: PublicBotRow): boolean {
  return row.is_house === 1 && row.provider_type === 'house' && REFERENCE_STRATEGIES.has(row.model_name);
}

function figures(ctx: AppContext, book: BotBook, past: PastValues) {
  const { account, botId } = book;
  const equityMicros = ctx.books.equityMicros(botId);
  const initial = book.initialBalanceMicros;
  return {
    epoch: book.epoch,
    initialBalance: usd(initial),
    cash: usd(account.cashMicros),
    margin: usd(lockedMarginMicros(account)),
    unrealizedPnl: usd(ctx.books.unrealizedMicros(botId)),
    totalValue: usd(equityMicros),
    returnFraction: initial === 0 ? 0 : (equityMicros - initial) / initial,
    realizedPnl: usd(account.realizedMicros),
    fees: usd(account.feesMicros),
    funding: usd(account.fundingMicros),
    tradeCount: account.tradeCount,
    winRate: winRate(account.tradeCount, account.winCount),
    maxDrawdown: ctx.equityStats.maxDrawdown(botId),
    change1h: changeSince(past.hourAgo, book, usd(equityMicros)),
    change24h: changeSince(past.dayAgo, book, usd(equityMicros)),
    openPositionCount: account.positions.length,
  };
}

/** null when the bot had no snapshot then, or began anew since. */
function changeSince(then: EquityRow | undefined, book: BotBook, value: number): number | null {
  if (!then || then.epoch !== book.epoch || then.total_value <= 0) return null;
  return value / then.total_value - 1;
}

async function valuesAt(ctx: AppContext, at: number): Promise<ReadonlyMap<string, EquityRow>> {
  const time = await findSnapshotTime(ctx.db, at);
  if (time === undefined) return new Map();
  return new Map((await listValuesAt(ctx.db, time)).map((row) => [row.bot_id, row]));
}

async function valueAt(ctx: AppContext, botId: string, at: number): Promise<EquityRow | undefined> {
  const time = await findSnapshotTime(ctx.db, at);
  return time === undefined ? undefined : await findValueAt(ctx.db, botId, time);
}
