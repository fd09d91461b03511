import { setImmediate } from 'node:timers/promises';
import type { AppContext, BotBook } from '../context.ts';
import type { ArenaResponse, Range } from '../contract/http/arena.ts';
import type { BotSummary, EquityCurve } from '../contract/http/bots.ts';
import type { BotRoomState, EventPayload, FeedItem } from '../contract/live-events.ts';
import { latestSeq, listFeed, type EventRow } from '../db/queries/events.ts';
import { CURVES_AT_ONCE, findSnapshotTime } from '../db/queries/snapshots.ts';
import { NotFoundError } from '../errors.ts';
import { readIdentities } from './bot-identity.ts';
import { getBot, readLeaders } from './bots-read.ts';
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
const LEADERS = 20;
const POINTS = 300;
const FEED_LENGTH = 30;
/** How far back the feed looks for trades before it shows bots that only held. */
const FEED_SEARCHED = 250;
const SHARED_MS = 250;

interface Screen {
  readonly seq: number;
  readonly madeAt: number;
  readonly answer: Promise<ArenaResponse>;
  /** The answer as JSON, once somebody has asked for it. */
  json?: Promise<Buffer>;
}
const screens = new WeakMap<AppContext['db'], Map<Range, Screen>>();

/** The whole first screen. It includes every event of room `arena` up to its `seq`. */
export async function readArena(ctx: AppContext, range: Range): Promise<ArenaResponse> {
  return await (
    await latestScreen(ctx, range)
  ).answer;
}

/** The same as JSON: with a full feed, writing it takes longer than reading it. The bytes are shared: do not change them. */
export async function readArenaJson(ctx: AppContext, range: Range): Promise<Buffer> {
  const screen = await latestScreen(ctx, range);
  screen.json ??= screen.answer.then(arenaJson);
  return await screen.json;
}

const writtenParts = new WeakMap<object, string>();

/** Curves and feed are by far the longest parts and seldom change: as long as they are the same objects, they are written once. */
function arenaJson({ equity, feed, ...rest }: ArenaResponse): Buffer {
  const head = JSON.stringify(rest).slice(0, -1);
  return Buffer.from(`${head},"equity":${written(equity)},"feed":${written(feed)}}`);
}

function written(part: object): string {
  const json = writtenParts.get(part) ?? JSON.stringify(part);
  writtenParts.set(part, json);
  return json;
}

/** Whoever asks in the same instant shares one screen; an event makes a new one at once, prices alone a little later. */
async function latestScreen(ctx: AppContext, range: Range): Promise<Screen> {
  const seq = await settledSeq(ctx, 'arena');
  const known = screens.get(ctx.db) ?? new Map<Range, Screen>();
  screens.set(ctx.db, known);
  const last = known.get(range);
  if (last?.seq === seq && performance.now() - last.madeAt < SHARED_MS) return last;
  const screen: Screen = { seq, madeAt: performance.now(), answer: makeArena(ctx, range, seq) };
  known.set(range, screen);
  screen.answer.catch(() => known.delete(range));
  return screen;
}

async function makeArena(ctx: AppContext, range: Range, seq: number): Promise<ArenaResponse> {
  const bots = await readLeaders(ctx);
  const [equity, feed] = await Promise.all([arenaCurves(ctx, bots, range), readFeed(ctx, seq, bots)]);
  return { seq, market: ctx.market.status(), markets: listMarkets(ctx), bots, equity, feed };
}

/** The state of room `bot:<id>`. @throws NotFoundError for unknown and deleted bots alike. */
export async function readBotRoom(ctx: AppContext, botId: string): Promise<BotRoomState> {
  const seq = await settledSeq(ctx, `bot:${botId}`);
  const bot = await getBot(ctx, botId, null);
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
  const [references, others] = [
    bots.filter((bot) => bot.isReference),
    bots.filter((bot) => !bot.isReference),
  ];
  const shown = [...others.slice(0, LEADERS), ...references].slice(0, CURVES_AT_ONCE);
  return shown
    .map(({ id }) => id)
    .sort()
    .flatMap((id) => ctx.books.get(id) ?? []);
}

const feeds = new WeakMap<AppContext['db'], { seq: number; items: FeedItem[] }>();
const shownFeeds = new WeakMap<AppContext['db'], FeedItem[]>();

/** What people read of the last events up to `seq`, newest first; bots that only held make room for the others. */
async function readFeed(ctx: AppContext, seq: number, bots: readonly BotSummary[]): Promise<FeedItem[]> {
  const items = (await recentItems(ctx, seq)).filter(({ payload }) => ctx.books.get(payload.botId));
  const held = items.filter(isHoldOnly);
  const news = items.filter((item) => !isHoldOnly(item)).slice(0, FEED_LENGTH);
  const shown = [...news, ...held.slice(0, FEED_LENGTH - news.length)].sort((a, b) => b.seq - a.seq);
  const feed = await renamed(ctx, shown, bots);
  const last = shownFeeds.get(ctx.db);
  if (last && isSameFeed(last, feed)) return last;
  shownFeeds.set(ctx.db, feed);
  return feed;
}

/** Events never change; only the names that stand over them do. */
function isSameFeed(a: readonly FeedItem[], b: readonly FeedItem[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ seq, payload }, i) => seq === b[i]?.seq && payload.botName === b[i].payload.botName)
  );
}

/** Events keep the name a bot had; readers see the one it has, which a moderator may have hidden since. */
async function renamed(
  { db }: AppContext,
  items: readonly FeedItem[],
  bots: readonly BotSummary[],
): Promise<FeedItem[]> {
  const names = new Map(bots.map(({ id, name }) => [id, name]));
  const others = new Set(items.map(({ payload }) => payload.botId).filter((botId) => !names.has(botId)));
  if (others.size > 0)
    for (const [botId, { name }] of await readIdentities(db, [...others])) names.set(botId, name);
  return items.map(({ payload, ...item }) => {
    const botName = names.get(payload.botId) ?? payload.botName;
    return { ...item, payload: { ...payload, botName } };
  });
}

/** Events never change: only those that came since the last time are read. */
async function recentItems(ctx: AppContext, seq: number): Promise<FeedItem[]> {
  const known = feeds.get(ctx.db) ?? { seq: 0, items: [] };
  if (known.seq === seq) return known.items;
  const after = known.seq < seq ? known.seq : 0;
  const rows = await listFeed(ctx.db, { room: 'arena', after, upTo: seq, limit: FEED_SEARCHED });
  const older = after === 0 ? [] : known.items;
  const items = [...rows.map(feedItem), ...older].slice(0, FEED_SEARCHED);
  feeds.set(ctx.db, { seq, items });
  return items;
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
