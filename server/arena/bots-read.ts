import type { AppContext, BotBook, Books } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { BotDetail, BotSummary } from '../contract/http/bots.ts';
import { publishingOf } from '../contract/publishing.ts';
import {
  BOTS_AT_ONCE,
  findPublicBot,
  listBotNames,
  listPublicBots,
  type PublicBotDetailRow,
  type PublicBotRow,
} from '../db/queries/bots-read.ts';
import { findSnapshotTime, findValueAt, listValuesAt, type EquityRow } from '../db/queries/snapshots.ts';
import { lockedMarginMicros } from '../engine/mark.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { identityOf, publicName, publicOwnerName, readReferences } from './bot-identity.ts';
import { providerIdOf } from './house-providers.ts';
import { searchOf } from './bot-search.ts';
import { pageOf, type ListPage, type PageKey } from './paging.ts';
import { sightAt, viewOf } from './projection.ts';
import { bookView, usd, winRate } from './views.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface PastValues {
  readonly hourAgo: EquityRow | undefined;
  readonly dayAgo: EquityRow | undefined;
}

/** A bot's place in the order of returns; whole parts per billion, so that it goes into a cursor. */
type Ranked = PageKey<string>;

export interface BotsQuery {
  readonly q: string;
  readonly after: Ranked | null;
  readonly limit: number;
  /** Only bots of this user; null = of everyone. */
  readonly ownerId: string | null;
}

/** One page of the bots that are not deleted, best return first. */
export async function readBots(ctx: AppContext, query: BotsQuery): Promise<ListPage<BotSummary, string>> {
  const { q, after, limit, ownerId } = query;
  const found = q === '' ? null : await findBots(ctx, q);
  const isOwn = (botId: string) => ownerId === null || ctx.books.get(botId)?.userId === ownerId;
  const ranked = rankBooks(ctx).filter(
    (place) => (!found || found.has(place.key)) && isOwn(place.key) && (!after || compare(after, place) < 0),
  );
  const { items, next } = pageOf(ranked, limit, (place) => place);
  return {
    items: await summaries(
      ctx,
      items.map(({ key }) => key),
      ownerId,
    ),
    next,
  };
}

/** The first screen's bots: all references, and the best of the others, together at most BOTS_AT_ONCE. */
export async function readLeaders(ctx: AppContext): Promise<BotSummary[]> {
  const references = await readReferences(ctx.db);
  const others = rankBooks(ctx).filter(({ key }) => !references.has(key));
  const botIds = [...references, ...others.map(({ key }) => key)];
  return await summaries(ctx, botIds.slice(0, BOTS_AT_ONCE));
}

/** Every bot, best return first. */
export function rankBooks({ books }: Pick<AppContext, 'books'>): Ranked[] {
  return books
    .list()
    .map((book): Ranked => ({ at: Math.round(returnOf(books, book) * 1e9), key: book.botId }))
    .sort(compare);
}

function compare(a: Ranked, b: Ranked): number {
  return b.at - a.at || (a.key < b.key ? -1 : Number(a.key > b.key));
}

async function findBots(ctx: AppContext, q: string): Promise<ReadonlySet<string>> {
  const matches = searchOf(q);
  const rows = await listBotNames(ctx.db);
  // A name that a moderator has hidden is not found either.
  const found = rows.filter((row) =>
    matches({
      name: publicName(row),
      owner: { username: publicOwnerName(row) },
      provider: { type: row.provider_type, model: row.model_name },
    }),
  );
  return new Set(found.map(({ id }) => id));
}

/** In the order of the ids. @param botIds at most BOTS_AT_ONCE. */
async function summaries(
  ctx: AppContext,
  botIds: readonly string[],
  viewerId: string | null = null,
): Promise<BotSummary[]> {
  const now = ctx.clock.now();
  const [rows, hourAgo, dayAgo] = await Promise.all([
    listPublicBots(ctx.db, botIds),
    valuesAt(ctx, botIds, now - HOUR_MS),
    valuesAt(ctx, botIds, now - DAY_MS),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return botIds.flatMap((id) => {
    const [row, book] = [byId.get(id), ctx.books.get(id)];
    if (!row || !book) return [];
    return [
      summary(ctx, { row, book, past: { hourAgo: hourAgo.get(id), dayAgo: dayAgo.get(id) }, viewerId }),
    ];
  });
}

/** @param viewerId who reads; null = a stranger. @throws NotFoundError for unknown and deleted bots alike. */
export async function getBot(ctx: AppContext, botId: string, viewerId: string | null): Promise<BotDetail> {
  const row = await getPublicBot(ctx, botId);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const now = ctx.clock.now();
  const [hourAgo, dayAgo] = await Promise.all([
    valueAt(ctx, botId, now - HOUR_MS),
    valueAt(ctx, botId, now - DAY_MS),
  ]);
  const view = viewOf(row, viewerId);
  const { positions } = bookView(botId, book.account, (symbol) => markOf(ctx, symbol));
  // A prompt's age is counted from the last edit, which has a wall time.
  const sight = sightAt(view, row.updated_at, ctx.clock.wallNow());
  return {
    ...summary(ctx, { row, book, past: { hourAgo, dayAgo }, viewerId }),
    tradingSymbols: row.trading_symbols === null ? null : (JSON.parse(row.trading_symbols) as string[]),
    turnIntervalMs: ctx.turns.state(botId).intervalMs,
    skippedTurns: row.skipped_turns,
    prompt: sight.prompt ? row.prompt : null,
    openPositions: view.positions === 'public' ? positions : [],
    publishing: publishingOf({ isHouse: row.is_house === 1, stored: row.publishing_json }),
    hasAvatar: row.has_avatar === 1 && row.is_name_hidden === 0,
    own: row.user_id === viewerId ? ownPart(row) : null,
  };
}

function ownPart(row: PublicBotRow): BotDetail['own'] {
  return {
    providerId: providerIdOf(row),
    settings: JSON.parse(row.settings_json) as BotSettings,
    publishing: publishingOf({ isHouse: row.is_house === 1, stored: row.publishing_json }),
  };
}

/** @throws NotFoundError for unknown and deleted bots alike. */
export async function getPublicBot(ctx: AppContext, botId: string): Promise<PublicBotDetailRow> {
  const row = await findPublicBot(ctx.db, botId);
  if (!row) throw new NotFoundError('bot', botId);
  return row;
}

/** @throws NotFoundError, ForbiddenError where the owner keeps positions to themselves, or shows them later. */
export async function assertPositionsVisible(
  ctx: AppContext,
  botId: string,
  viewerId: string | null,
): Promise<void> {
  const bot = await getPublicBot(ctx, botId);
  if (viewOf(bot, viewerId).positions !== 'public')
    throw new ForbiddenError('private', 'The owner of this bot does not publish its trades.');
}

/** The last price of a symbol, however old; null = none known. */
export function markOf(ctx: Pick<AppContext, 'market'>, symbol: string): number | null {
  return ctx.market.quote(symbol)?.price ?? null;
}

function summary(
  ctx: AppContext,
  {
    row,
    book,
    past,
    viewerId,
  }: { row: PublicBotRow; book: BotBook; past: PastValues; viewerId: string | null },
): BotSummary {
  const turn = ctx.turns.state(row.id);
  return {
    ...identityOf(row, viewerId),
    ...figures(ctx, book, past),
    isTurnRunning: turn.isRunning,
    nextTurnAt: turn.nextTurnAt,
  };
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
    returnFraction: returnOf(ctx.books, book),
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

function returnOf(books: Books, { botId, initialBalanceMicros: initial }: BotBook): number {
  return initial === 0 ? 0 : (books.equityMicros(botId) - initial) / initial;
}

/** null when the bot had no snapshot then, or began anew since. */
function changeSince(then: EquityRow | undefined, book: BotBook, value: number): number | null {
  if (!then || then.epoch !== book.epoch || then.total_value <= 0) return null;
  return value / then.total_value - 1;
}

async function valuesAt(
  ctx: AppContext,
  botIds: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, EquityRow>> {
  const time = await findSnapshotTime(ctx.db, at);
  if (time === undefined) return new Map();
  return new Map((await listValuesAt(ctx.db, botIds, time)).map((row) => [row.bot_id, row]));
}

async function valueAt(ctx: AppContext, botId: string, at: number): Promise<EquityRow | undefined> {
  const time = await findSnapshotTime(ctx.db, at);
  return time === undefined ? undefined : await findValueAt(ctx.db, botId, time);
}
