import { setImmediate } from 'node:timers/promises';
import type { AppContext, BotBook } from '../context.ts';
import type { ArenaResponse, Range } from '../contract/http/arena.ts';
import type { BotSummary, EquityCurve } from '../contract/http/bots.ts';
import type { BotRoomState, EventPayload, FeedItem } from '../contract/live-events.ts';
import { latestSeq, listFeed, type EventRow } from '../db/queries/events.ts';
import { CURVES_AT_ONCE, findSnapshotTime } from '../db/queries/snapshots.ts';
import { NotFoundError } from '../errors.ts';
import { getBot, listBots } from './bots-read.ts';
import { readCurves } from './equity-curves.ts';
import { listMarkets } from './markets-read.ts';

const HOUR_MS = 3_600_000;
const RANGE_MS: Record<Range, number> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '1d': 24 * HOUR_MS,
  '1w': 168 * HOUR_MS,
  all: Number.POSITIVE_INFINITY,
};
/** A first screen names the leaders; the whole field is what /bots lists. */
const BOTS_SHOWN = 100;
const LEADERS = 20;
const POINTS = 300;
const FEED_LENGTH = 50;
/** How far back the feed looks for trades before it shows bots that only held. */
const FEED_SEARCHED = 250;
const SHARED_MS = 250;

interface Screen {
  readonly seq: number;
  readonly madeAt: number;
  readonly answer: Promise<ArenaResponse>;
}
const screens = new WeakMap<AppContext['db'], Map<Range, Screen>>();

/**
 * The whole first screen. It includes every event of room `arena` up to its `seq`. Whoever asks in the same instant
 * shares one answer; an event makes a new one at once, prices alone a little later.
 */
export async function readArena(ctx: AppContext, range: Range): Promise<ArenaResponse> {
  const seq = await settledSeq(ctx, 'arena');
  const known = screens.get(ctx.db) ?? new Map<Range, Screen>();
  screens.set(ctx.db, known);
  const last = known.get(range);
  if (last?.seq === seq && performance.now() - last.madeAt < SHARED_MS) return await last.answer;
  const answer = makeArena(ctx, range, seq);
  known.set(range, { seq, madeAt: performance.now(), answer });
  answer.catch(() => known.delete(range));
  return await answer;
}

async function makeArena(ctx: AppContext, range: Range, seq: number): Promise<ArenaResponse> {
  const bots = await listBots(ctx, BOTS_SHOWN);
  const [equity, feed] = await Promise.all([
    arenaCurves(ctx, bots, range),
    readFeed(ctx, { seq, limit: FEED_LENGTH, botIds: new Set(bots.map((bot) => bot.id)) }),
  ]);
  return { seq, market: ctx.market.status(), markets: listMarkets(ctx), bots, equity, feed };
}

/** The state of room `bot:<id>`. @throws NotFoundError for unknown and deleted bots alike. */
export async function readBotRoom(ctx: AppContext, botId: string): Promise<BotRoomState> {
  const seq = await settledSeq(ctx, `bot:${botId}`);
  const bot = await getBot(ctx, botId);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const now = ctx.clock.now();
  const [curve] = await readCurves(ctx, [book], { from: now - RANGE_MS['1d'], to: now, limit: POINTS });
  return { seq, bot, equity: curve?.points ?? [] };
}

/**
 * The last event of a room whose change the books in memory show too: they follow a commit within the same turn of the
 * event loop, so whatever is read after it includes every event up to this one.
 */
async function settledSeq(ctx: AppContext, room: string): Promise<number> {
  const seq = await latestSeq(ctx.db, room);
  await setImmediate();
  return seq;
}

const curves = new WeakMap<AppContext['db'], Map<Range, { key: string; curves: EquityCurve[] }>>();

/** Curves change only with a snapshot or with who is shown; in between they are kept. */
async function arenaCurves(
  ctx: AppContext,
  bots: readonly BotSummary[],
  range: Range,
): Promise<EquityCurve[]> {
  const now = ctx.clock.now();
  const books = shownBooks(ctx, bots);
  const known = curves.get(ctx.db) ?? new Map<Range, { key: string; curves: EquityCurve[] }>();
  curves.set(ctx.db, known);
  const key = [
    await findSnapshotTime(ctx.db, now),
    ...books.map((book) => `${book.botId}/${book.epoch}`),
  ].join(' ');
  const kept = known.get(range);
  if (kept?.key === key) return kept.curves;
  const fresh = await readCurves(ctx, books, {
    from: Math.max(0, now - RANGE_MS[range]),
    to: now,
    limit: POINTS,
  });
  known.set(range, { key, curves: fresh });
  return fresh;
}

function shownBooks(ctx: AppContext, bots: readonly BotSummary[]): BotBook[] {
  const ranked = bots.toSorted((a, b) => b.totalValue - a.totalValue);
  const references = ranked.slice(LEADERS).filter((bot) => bot.isReference);
  const shown = [...ranked.slice(0, LEADERS), ...references].slice(0, CURVES_AT_ONCE);
  return shown
    .map(({ id }) => id)
    .sort()
    .flatMap((id) => ctx.books.get(id) ?? []);
}

async function readFeed(
  ctx: AppContext,
  { seq, limit, botIds }: { seq: number; limit: number; botIds: ReadonlySet<string> },
): Promise<FeedItem[]> {
  const rows = await listFeed(ctx.db, { room: 'arena', seq, limit: FEED_SEARCHED });
  const items = rows.map(feedItem).filter((item) => botIds.has(item.payload.botId));
  const held = items.filter(isHoldOnly);
  const news = items.filter((item) => !isHoldOnly(item)).slice(0, limit);
  return [...news, ...held.slice(0, limit - news.length)].sort((a, b) => b.seq - a.seq);
}

function isHoldOnly({ payload }: FeedItem): boolean {
  return payload.type === 'turn' && payload.decisions.every(({ action }) => action === 'HOLD');
}

function feedItem(row: EventRow): FeedItem {
  return { seq: row.seq, at: row.at, payload: eventPayload(row) as FeedItem['payload'] };
}

/** Rows hold what `appendEvent` was given. */
export function eventPayload(row: EventRow): EventPayload {
  return JSON.parse(row.payload_json) as EventPayload;
}
