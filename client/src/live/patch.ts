import type {
  ArenaResponse,
  BotDetail,
  BotSummary,
  EventPayload,
  EquityPoint,
  FeedItem,
  LiveEvent,
  Range,
} from '../api/contract.ts';

export type Book = Extract<EventPayload, { type: 'turn' }>['book'];

/** The first screen without its curves: those are kept per range. */
export type ArenaState = Omit<ArenaResponse, 'equity'>;

export interface EquityState {
  readonly range: Range;
  /** The last event of room `arena` these curves include. */
  readonly seq: number;
  readonly series: readonly { readonly botId: string; readonly points: readonly EquityPoint[] }[];
}

export const RANGE_MS: Record<Range, number> = {
  '1h': 3_600_000,
  '6h': 21_600_000,
  '1d': 86_400_000,
  '1w': 604_800_000,
  all: Number.POSITIVE_INFINITY,
};

/** What the server sends at most: bots of the first screen, and curves. */
export const BOT_LIMIT = 100;
const CURVE_LIMIT = 32;
const FEED_LIMIT = 100;
const POINT_LIMIT = 1_200;

/** Base of a change stays where it was: (1 + change) moves with the value. */
function movedChange(change: number | null, before: number, after: number): number | null {
  if (change === null || before === 0) return change;
  return ((1 + change) * after) / before - 1;
}

/** The bot at another total value; everything that follows from it follows. */
export function withValue<Bot extends BotSummary>(bot: Bot, totalValue: number): Bot {
  return {
    ...bot,
    totalValue,
    unrealizedPnl: totalValue - bot.cash - bot.margin,
    returnFraction: bot.initialBalance === 0 ? 0 : (totalValue - bot.initialBalance) / bot.initialBalance,
    change1h: movedChange(bot.change1h, bot.totalValue, totalValue),
    change24h: movedChange(bot.change24h, bot.totalValue, totalValue),
  };
}

/** Whether positions were taken out of the book for this reader: margin is locked by some that it does not list. */
export const isWithheld = ({ margin, positions }: Book): boolean => margin > 0 && positions.length === 0;

/** Total value: cash + margin + unrealised PnL. Not of a book whose positions are withheld. */
export function valueOf({ cash, margin, positions }: Book): number {
  return cash + margin + positions.reduce((sum, position) => sum + position.unrealizedPnl, 0);
}

function withBook<Bot extends BotSummary>(bot: Bot, book: Book): Bot {
  const next = {
    ...bot,
    cash: book.cash,
    margin: book.margin,
    realizedPnl: book.realizedPnl,
    fees: book.fees,
    funding: book.funding,
    tradeCount: book.tradeCount,
    winRate: book.winRate,
  };
  // What withheld positions are worth comes with the next snapshot; until then it stays as it was.
  if (isWithheld(book)) return withValue(next, book.cash + book.margin + bot.unrealizedPnl);
  return withValue({ ...next, openPositionCount: book.positions.length }, valueOf(book));
}

/** What an event changes of one bot's figures; the same object when it changes nothing. */
export function patchBot<Bot extends BotSummary>(bot: Bot, payload: EventPayload): Bot {
  switch (payload.type) {
    case 'turn':
      if (payload.botId !== bot.id) return bot;
      return { ...withBook(bot, payload.book), isTurnRunning: false, nextTurnAt: payload.nextTurnAt };
    case 'turn-failed':
      if (payload.botId !== bot.id) return bot;
      return { ...bot, isTurnRunning: false, nextTurnAt: payload.nextTurnAt };
    case 'exit':
    case 'adjusted':
    case 'funding':
      return payload.botId === bot.id ? withBook(bot, payload.book) : bot;
    case 'equity': {
      const entry = payload.values.find(([botId]) => botId === bot.id);
      return entry ? withValue(bot, entry[1]) : bot;
    }
    case 'bot':
      return payload.botId === bot.id ? withLifecycle(bot, payload.change) : bot;
    case 'released':
    case 'market':
      return bot;
    default:
      return payload satisfies never;
  }
}

function withLifecycle<Bot extends BotSummary>(bot: Bot, change: string): Bot {
  if (change === 'paused') return { ...bot, isPaused: true, nextTurnAt: null };
  if (change === 'resumed') return { ...bot, isPaused: false, pauseReason: null };
  return bot;
}

/** The same list when the event changes nothing in it. */
export function patchBots(bots: BotSummary[], payload: EventPayload): BotSummary[] {
  if (payload.type === 'bot' && payload.change === 'deleted')
    return bots.filter((bot) => bot.id !== payload.botId);
  const next = bots.map((bot) => patchBot(bot, payload));
  return next.every((bot, index) => bot === bots[index]) ? bots : next;
}

/** Puts a bot read anew in its place; the same list when it is not in it. */
export function replaceBot(bots: BotSummary[], bot: BotSummary): BotSummary[] {
  const index = bots.findIndex(({ id }) => id === bot.id);
  return index === -1 ? bots : bots.with(index, bot);
}

/** The same for the first screen, where a newcomer comes last as long as there is room. */
export function upsertBot(bots: BotSummary[], bot: BotSummary): BotSummary[] {
  const isNew = bots.every(({ id }) => id !== bot.id);
  return isNew && bots.length < BOT_LIMIT ? [...bots, bot] : replaceBot(bots, bot);
}

export function patchBotDetail(bot: BotDetail, payload: EventPayload): BotDetail {
  const next = patchBot(bot, payload);
  return 'book' in payload && payload.botId === bot.id
    ? { ...next, openPositions: payload.book.positions }
    : next;
}

function toFeedItem(event: LiveEvent): FeedItem | null {
  const { seq, at, payload } = event;
  if (payload.type === 'turn' || payload.type === 'turn-failed' || payload.type === 'exit')
    return { seq, at, payload };
  return null;
}

const isHold = ({ payload }: FeedItem): boolean =>
  payload.type === 'turn' &&
  payload.trades.length === 0 &&
  payload.decisions.every(({ action }) => action === 'HOLD' || action === 'PRIVATE');

/** Bots that wait must not push what others did out of sight: holds go first when the feed is full. */
function trimmed(feed: FeedItem[]): FeedItem[] {
  if (feed.length <= FEED_LIMIT) return feed;
  const oldestHold = feed.findLastIndex(isHold);
  return oldestHold === -1 ? feed.slice(0, FEED_LIMIT) : feed.toSpliced(oldestHold, 1);
}

function patchFeed(feed: FeedItem[], event: LiveEvent): FeedItem[] {
  const { payload } = event;
  if (payload.type === 'bot' && payload.change === 'deleted') {
    return feed.filter((item) => item.payload.botId !== payload.botId);
  }
  const item = toFeedItem(event);
  return item ? trimmed([item, ...feed]) : feed;
}

/** The first screen after one more event of room `arena`. */
export function patchArena(state: ArenaState, event: LiveEvent): ArenaState {
  if (event.seq <= state.seq) return state;
  const { payload } = event;
  return {
    ...state,
    seq: event.seq,
    market: payload.type === 'market' ? payload.status : state.market,
    bots: patchBots(state.bots, payload),
    feed: patchFeed(state.feed, event),
  };
}

/** The same news told whole to the owner: figures and the feed's line follow it, in place. */
export function patchWithOwnNews(
  state: ArenaState,
  { at, payload }: Pick<LiveEvent, 'at' | 'payload'>,
): ArenaState {
  const told = toFeedItem({ room: '', seq: 0, at, payload })?.payload;
  const feed = state.feed.map((item) => {
    const isSame = item.at === at && item.payload.type === told?.type && item.payload.botId === told.botId;
    return isSame ? { ...item, payload: told } : item;
  });
  return { ...state, feed: told ? feed : state.feed, bots: patchBots(state.bots, payload) };
}

/** Every other one of the older half goes when a curve has grown too long to draw well. */
function thinned(points: readonly EquityPoint[]): readonly EquityPoint[] {
  if (points.length <= POINT_LIMIT) return points;
  const half = Math.floor(points.length / 2);
  return points.filter((_, index) => index >= half || index % 2 === 0);
}

/** A curve with one more point, without what has left the range. Older or repeated points are ignored. */
export function appendPoint(
  points: readonly EquityPoint[],
  point: EquityPoint,
  range: Range,
): readonly EquityPoint[] {
  const last = points.at(-1);
  if (last && point[0] <= last[0]) return points;
  const oldest = point[0] - RANGE_MS[range];
  const kept = (points[0]?.[0] ?? oldest) < oldest ? points.filter(([at]) => at >= oldest) : points;
  return thinned([...kept, point]);
}

/** Who is shown has a curve from the start, if an empty one: the server chooses, and newcomers fill what room is left. */
function patchCurves({ series, range }: EquityState, payload: EventPayload): EquityState['series'] {
  if (payload.type === 'equity') {
    const values = new Map(payload.values);
    return series.map((curve) => {
      const value = values.get(curve.botId);
      if (value === undefined) return curve;
      return { ...curve, points: appendPoint(curve.points, [payload.timestamp, value], range) };
    });
  }
  if (payload.type !== 'bot') return series;
  const { botId, change } = payload;
  if (change === 'deleted') return series.filter((curve) => curve.botId !== botId);
  const hasRoom = series.length < CURVE_LIMIT && series.every((curve) => curve.botId !== botId);
  return change === 'created' && hasRoom ? [...series, { botId, points: [] }] : series;
}

export function patchEquity(state: EquityState, event: LiveEvent): EquityState {
  if (event.seq <= state.seq) return state;
  return { ...state, seq: event.seq, series: patchCurves(state, event.payload) };
}
