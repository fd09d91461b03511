import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type {
  ArenaResponse,
  BotDetail,
  BotSummary,
  DecisionView,
  EventPayload,
  LiveEvent,
  Page,
  Prices,
  Range,
  RoomSnapshot,
  TradeView,
} from '../api/contract.ts';
import {
  keys,
  readArena,
  readBot,
  readDecisions,
  type BoardPage,
  type BotsPage,
  type SnapshotPoint,
} from '../api/queries.ts';
import { thinkingKeys } from '../api/thinking-keys.ts';
import type { ArenaClock } from './arena-clock.ts';
import type { LiveHandlers } from './live-client.ts';
import { withItems, withNewItems, withNewTrades } from './lists.ts';
import {
  BOT_LIMIT,
  isWithheld,
  patchArena,
  patchBotDetail,
  patchBots,
  patchEquity,
  patchWithOwnNews,
  replaceBot,
  upsertBot,
  valueOf,
  type ArenaState,
  type EquityState,
} from './patch.ts';
import { priceKey, valueKey, type TickStore } from './ticks.ts';

/** Of these a stranger may be told less than the owner. */
const HAS_PRIVATE_PARTS: ReadonlySet<EventPayload['type']> = new Set([
  'turn',
  'turn-failed',
  'exit',
  'adjusted',
  'funding',
]);
const EVENT_MEMORY = 500;
const BOARD_EVERY_MS = 15_000;
const LISTS_EVERY_MS = 1_000;
/** The range a room's snapshot comes with. */
const SNAPSHOT_RANGE: Range = '1d';

/** Keeps the query cache true: answers and events, in whichever order they come. */
export class LiveSync implements LiveHandlers {
  readonly #queries: QueryClient;
  readonly #ticks: TickStore;
  readonly #clock: ArenaClock;
  /** The last events of room `arena`, for answers that left the server before them. */
  #recent: LiveEvent[] = [];
  /** Whether the user's own room tells the news of own bots whole. */
  #isFollowingOwn = false;
  #boardReadAt = 0;
  #listsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient, ticks: TickStore, clock: ArenaClock) {
    this.#queries = queries;
    this.#ticks = ticks;
    this.#clock = clock;
  }

  /** Reads the first screen, shares its curves with their own queries, and brings it up to the last event. */
  readonly loadArena = async (range: Range): Promise<ArenaState> => {
    const { equity, ...state } = await readArena(range);
    this.#clock.follow(state.market);
    this.#queries.setQueryData(keys.equity(range), this.#caughtUpEquity(state.seq, range, equity));
    return this.#recent.reduce(patchArena, state);
  };

  readonly loadEquity = async (range: Range): Promise<EquityState> => {
    const { seq, equity } = await readArena(range);
    return this.#caughtUpEquity(seq, range, equity);
  };

  /** The last event the first screen includes; null before it is there. */
  readonly arenaSeq = (): number | null => this.#queries.getQueryData<ArenaState>(keys.arena)?.seq ?? null;

  /** What the cache holds of a bot, if anything. */
  readonly knownBot = (botId: string): BotDetail | undefined => this.#queries.getQueryData(keys.bot(botId));

  readonly snapshot = (snapshot: RoomSnapshot): void => {
    if (snapshot.room === 'arena') {
      this.#takeArena(snapshot.state);
    } else if ('bot' in snapshot.state) {
      const { bot } = snapshot.state;
      // A room shows what everybody may see; of one's own bots one sees more.
      if (this.#isOwn(bot.id)) void this.#queries.invalidateQueries({ queryKey: keys.bot(bot.id) });
      else this.#queries.setQueryData(keys.bot(bot.id), bot);
      this.#ticks.set(valueKey(bot.id), bot.totalValue);
      this.#readHistoryAgain(bot.id);
      void this.#queries.invalidateQueries({ queryKey: keys.snapshots(bot.id) });
    } else {
      this.#isFollowingOwn = true;
      this.#readOwnAgain();
    }
  };

  /** Nobody is logged in any more: no room tells whole news. */
  readonly forgetUser = (): void => {
    this.#isFollowingOwn = false;
  };

  readonly event = (event: LiveEvent): void => {
    this.#clock.seen(event.at);
    if (event.room === 'arena') this.#takeArenaEvent(event);
    else if (event.room.startsWith('user:')) this.#takeOwnNews(event);
    else this.#takeBotEvent(event);
  };

  readonly prices = (frame: Prices): void => {
    this.#clock.seen(frame.at);
    for (const [symbol, price] of Object.entries(frame.prices)) this.#ticks.set(priceKey(symbol), price);
    for (const [botId, value] of frame.values) this.#ticks.set(valueKey(botId), value);
  };

  /** Ranks and candles have no events to catch up with. */
  readonly reconnected = (): void => {
    void this.#queries.invalidateQueries({ queryKey: keys.leaderboard });
    void this.#queries.invalidateQueries({ queryKey: keys.candles });
  };

  #caughtUpEquity(seq: number, range: Range, series: EquityState['series']): EquityState {
    return this.#recent.reduce(patchEquity, { range, seq, series });
  }

  #takeArena({ equity, ...state }: ArenaResponse): void {
    this.#recent = [];
    this.#clock.reset();
    this.#clock.follow(state.market);
    this.#ticks.clear();
    this.#queries.setQueryData(keys.arena, state);
    this.#queries.setQueryData(keys.equity(SNAPSHOT_RANGE), {
      range: SNAPSHOT_RANGE,
      seq: state.seq,
      series: equity,
    });
    void this.#queries.invalidateQueries({
      queryKey: keys.allEquity,
      predicate: ({ queryKey }) => queryKey[1] !== SNAPSHOT_RANGE,
    });
    void this.#queries.invalidateQueries({ queryKey: keys.leaderboard });
    void this.#queries.invalidateQueries({ queryKey: keys.candles });
    void this.#queries.invalidateQueries({ queryKey: keys.bots });
  }

  #takeArenaEvent(event: LiveEvent): void {
    this.#recent = [...this.#recent.slice(1 - EVENT_MEMORY), event];
    this.#queries.setQueryData<ArenaState>(keys.arena, (state) => state && patchArena(state, event));
    this.#changeBots((bots) => patchBots(bots, event.payload));
    this.#queries.setQueriesData<EquityState>(
      { queryKey: keys.allEquity },
      (state) => state && patchEquity(state, event),
    );
    this.#takeFigures(event.payload);
  }

  #takeFigures(payload: EventPayload): void {
    if (payload.type === 'market') this.#clock.follow(payload.status);
    if (payload.type === 'equity') {
      for (const [botId, value] of payload.values) this.#ticks.set(valueKey(botId), value);
      this.#readBoardSometimes();
    }
    this.#tickValue(payload);
    if (payload.type === 'bot') this.#takeBotChange(payload);
  }

  #tickValue(payload: EventPayload): void {
    const hasValue = payload.type === 'turn' || payload.type === 'exit';
    if (hasValue && !isWithheld(payload.book))
      this.#ticks.set(valueKey(payload.botId), valueOf(payload.book));
  }

  #takeBotChange({ botId, change }: Extract<EventPayload, { type: 'bot' }>): void {
    if (change === 'deleted') {
      this.#queries.setQueriesData<InfiniteData<BoardPage>>(
        { queryKey: keys.leaderboard },
        (data) => data && withItems(data, (rows) => rows.filter(({ bot }) => bot.id !== botId)),
      );
      return;
    }
    if (change === 'created') this.#readListsSoon();
    if (this.#isShown(botId)) void this.#readBotAgain(botId);
  }

  /** Whether a list or a page has the bot, or the first screen has room for it. */
  #isShown(botId: string): boolean {
    const arena = this.#queries.getQueryData<ArenaState>(keys.arena);
    if (arena && arena.bots.length < BOT_LIMIT) return true;
    if (this.knownBot(botId)) return true;
    const lists = this.#queries.getQueriesData<InfiniteData<BotsPage>>({ queryKey: keys.bots });
    const listed = lists.flatMap(([, data]) => data?.pages.flatMap(({ items }) => items) ?? []);
    return [...(arena?.bots ?? []), ...listed].some(({ id }) => id === botId);
  }

  /** Where a newcomer stands, and in which searches, the server knows. Many may come at once: they are read together. */
  #readListsSoon(): void {
    if (this.#listsTimer !== undefined) return;
    this.#listsTimer = setTimeout(() => {
      this.#listsTimer = undefined;
      void this.#queries.invalidateQueries({ queryKey: keys.bots });
    }, LISTS_EVERY_MS);
  }

  #changeBots(change: (bots: BotSummary[]) => BotSummary[]): void {
    this.#queries.setQueriesData<InfiniteData<BotsPage>>(
      { queryKey: keys.bots },
      (data) => data && withItems(data, change),
    );
  }

  /** Ranks have no event of their own; they follow the snapshots. */
  #readBoardSometimes(): void {
    const now = Date.now();
    if (now - this.#boardReadAt < BOARD_EVERY_MS) return;
    this.#boardReadAt = now;
    void this.#queries.invalidateQueries({ queryKey: keys.leaderboard });
  }

  async #readBotAgain(botId: string): Promise<void> {
    const detail = await readBot(botId).catch(() => this.#leaveToQuery(keys.bot(botId)));
    if (!detail) return;
    const {
      tradingSymbols: _s,
      turnIntervalMs: _t,
      skippedTurns: _k,
      prompt: _p,
      openPositions: _o,
      publishing: _w,
      hasAvatar: _a,
      own: _n,
      ...bot
    } = detail;
    this.#queries.setQueryData<BotDetail>(keys.bot(botId), (old) => old && detail);
    this.#changeBots((bots) => replaceBot(bots, bot));
    this.#queries.setQueryData<ArenaState>(
      keys.arena,
      (state) => state && { ...state, bots: upsertBot(state.bots, bot) },
    );
  }

  #takeBotEvent(event: LiveEvent): void {
    const botId = event.room.slice('bot:'.length);
    const { payload } = event;
    const isOwnNews = this.#isOwn(botId) && HAS_PRIVATE_PARTS.has(payload.type);
    if (!isOwnNews) this.#takeBotNews(botId, payload);
    // What a room withholds from strangers, the owner is told in the user's own room, or reads again.
    else if (!this.#isFollowingOwn) this.#readAgain(botId);
  }

  #takeOwnNews(event: LiveEvent): void {
    const { payload } = event;
    if (!('botId' in payload)) return;
    this.#queries.setQueryData<ArenaState>(keys.arena, (state) => state && patchWithOwnNews(state, event));
    this.#changeBots((bots) => patchBots(bots, payload));
    this.#tickValue(payload);
    this.#takeBotNews(payload.botId, payload);
  }

  /** Every own bot that is known: too much was missed to catch up. */
  #readOwnAgain(): void {
    for (const [, bot] of this.#queries.getQueriesData<BotDetail>({ queryKey: keys.anyBot }))
      if (bot?.own) this.#readAgain(bot.id);
    void this.#queries.invalidateQueries({ queryKey: keys.ownBots });
  }

  #takeBotNews(botId: string, payload: EventPayload): void {
    this.#queries.setQueryData<BotDetail>(keys.bot(botId), (bot) => bot && patchBotDetail(bot, payload));
    if (payload.type === 'equity') this.#addSnapshot(botId, payload);
    if (payload.type === 'turn') {
      this.#addTrades(botId, payload.trades);
      void this.#readNewDecisions(botId);
    }
    if (payload.type === 'exit' && payload.trade) this.#addTrades(botId, [payload.trade]);
    if (payload.type === 'bot') void this.#queries.invalidateQueries({ queryKey: keys.bot(botId) });
    if (payload.type === 'bot' || payload.type === 'turn') this.#readThinkingAgain(botId);
    if (payload.type === 'released') this.#readAgain(botId);
  }

  /** A turn is one more of a version and of the history; an edit is a version; a summary comes as an edit. */
  #readThinkingAgain(botId: string): void {
    void this.#queries.invalidateQueries({ queryKey: thinkingKeys.learning(botId) });
    void this.#queries.invalidateQueries({ queryKey: thinkingKeys.versions(botId) });
  }

  #isOwn(botId: string): boolean {
    return this.knownBot(botId)?.own != null;
  }

  #readAgain(botId: string): void {
    void this.#queries.invalidateQueries({ queryKey: keys.bot(botId) });
    this.#readHistoryAgain(botId);
  }

  #readHistoryAgain(botId: string): void {
    void this.#queries.invalidateQueries({ queryKey: keys.trades(botId) });
    void this.#queries.invalidateQueries({ queryKey: keys.decisions(botId) });
    void this.#queries.invalidateQueries({ queryKey: keys.chartTrades(botId) });
  }

  #addTrades(botId: string, trades: readonly TradeView[]): void {
    if (trades.length === 0) return;
    for (const query of this.#queries.getQueryCache().findAll({ queryKey: keys.trades(botId) })) {
      const symbol = query.queryKey[2] as string | null;
      this.#queries.setQueryData<InfiniteData<Page<TradeView>>>(
        query.queryKey,
        (data) => data && withNewTrades(data, trades, symbol),
      );
    }
    void this.#queries.invalidateQueries({ queryKey: keys.chartTrades(botId) });
    this.#queries.setQueryData<string[]>(
      keys.tradedSymbols(botId),
      (symbols) => symbols && [...new Set([...symbols, ...trades.map(({ symbol }) => symbol)])],
    );
  }

  #addSnapshot(botId: string, { timestamp, values }: Extract<EventPayload, { type: 'equity' }>): void {
    const value = values.find(([id]) => id === botId)?.[1];
    if (value === undefined) return;
    const point = { timestamp, totalValue: value };
    this.#queries.setQueriesData<Page<SnapshotPoint>>(
      { queryKey: keys.snapshots(botId) },
      (page) =>
        page && { ...page, items: [point, ...page.items.filter((item) => item.timestamp < timestamp)] },
    );
  }

  /** A read that failed is the query's own from here: it tries again and shows the failure where its figures stand. */
  #leaveToQuery(queryKey: readonly unknown[]): null {
    void this.#queries.invalidateQueries({ queryKey });
    return null;
  }

  /** An event says what was decided; prompt, model and cost come with the row. */
  async #readNewDecisions(botId: string): Promise<void> {
    const key = keys.decisions(botId);
    if (!this.#queries.getQueryData(key)) return;
    const page = await readDecisions(botId, { cursor: null, limit: 10 }).catch(() => this.#leaveToQuery(key));
    if (!page) return;
    this.#queries.setQueryData<InfiniteData<Page<DecisionView>>>(
      key,
      (data) => data && withNewItems(data, page.items),
    );
  }
}
