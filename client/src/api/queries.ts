import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { getJson, apiUrl } from './client.ts';
import type {
  ArenaResponse,
  BotDetail,
  BotSummary,
  CandleInterval,
  CandlesResponse,
  DecisionView,
  LeaderboardResponse,
  ModelReliability,
  Page,
  Period,
  Range,
  TradeView,
} from './contract.ts';

export const keys = {
  me: ['me'] as const,
  arena: ['arena'] as const,
  equity: (range: Range) => ['equity', range] as const,
  allEquity: ['equity'] as const,
  bots: ['bots'] as const,
  ownBots: ['bots', { owner: 'me' }] as const,
  anyBot: ['bot'] as const,
  bot: (botId: string) => ['bot', botId] as const,
  trades: (botId: string) => ['trades', botId] as const,
  decisions: (botId: string) => ['decisions', botId] as const,
  snapshots: (botId: string) => ['snapshots', botId] as const,
  chartTrades: (botId: string) => ['chart-trades', botId] as const,
  tradedSymbols: (botId: string) => ['traded-symbols', botId] as const,
  leaderboard: ['leaderboard'] as const,
  candles: ['candles'] as const,
  models: ['models'] as const,
};

const arenaReads = new Map<Range, Promise<ArenaResponse>>();

/** The first screen; one request even when figures and curves ask at the same time. */
export function readArena(range: Range): Promise<ArenaResponse> {
  const running = arenaReads.get(range);
  if (running) return running;
  const read = getJson<ArenaResponse>(apiUrl('/arena', { range })).finally(() => arenaReads.delete(range));
  arenaReads.set(range, read);
  return read;
}

export const readBot = (botId: string, signal?: AbortSignal): Promise<BotDetail> =>
  getJson<BotDetail>(apiUrl(`/bots/${encodeURIComponent(botId)}`), signal);

/** A page that says which search it answers: the list of the last one stays until the next one's is here. */
type Found<Answer> = Answer & { readonly q: string };
export type BotsPage = Found<Page<BotSummary>>;
/** `net`: by what is left after models were paid. */
export type RankBy = 'return' | 'net';
export type BoardPage = Found<LeaderboardResponse> & { readonly rankBy: RankBy };

/** Best return first; the server searches names, owners, models and strategies for `q`. */
export const botsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.bots, q],
    queryFn: async ({ pageParam, signal }): Promise<BotsPage> => {
      // Whole rows of cards, however many stand in one.
      const url = apiUrl('/bots', { q, cursor: pageParam, limit: 48 });
      return { ...(await getJson<Page<BotSummary>>(url, signal)), q };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    // Events keep the figures true, but not who is among the best: every visit asks again.
    staleTime: 0,
  });

export const leaderboardQuery = (period: Period, q: string, rankBy: RankBy = 'return') =>
  infiniteQueryOptions({
    queryKey: [...keys.leaderboard, period, q, rankBy],
    queryFn: async ({ pageParam, signal }): Promise<BoardPage> => {
      const url = apiUrl('/leaderboard', { period, q, rankBy, cursor: pageParam, limit: 50 });
      return { ...(await getJson<LeaderboardResponse>(url, signal)), q, rankBy };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });

/** How reliably models decided in the last `days` days. */
export const modelsQuery = (days: number) =>
  queryOptions({
    queryKey: [...keys.models, days],
    queryFn: ({ signal }) => getJson<{ items: ModelReliability[] }>(apiUrl('/models', { days }), signal),
    select: ({ items }) => items,
    placeholderData: keepPreviousData,
  });

export const candlesQuery = (symbol: string, interval: CandleInterval) =>
  queryOptions({
    queryKey: [...keys.candles, symbol, interval],
    queryFn: ({ signal }) =>
      getJson<CandlesResponse>(
        apiUrl(`/markets/${encodeURIComponent(symbol)}/candles`, { interval, limit: 500 }),
        signal,
      ),
  });

const botList = (botId: string, list: string) => `/bots/${encodeURIComponent(botId)}/${list}`;

export const tradesQuery = (botId: string, symbol: string | null) =>
  infiniteQueryOptions({
    queryKey: [...keys.trades(botId), symbol],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<TradeView>>(
        apiUrl(botList(botId, 'trades'), { symbol, cursor: pageParam, limit: 50 }),
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The fills a chart marks: the last 200 of one symbol. */
export const chartTradesQuery = (botId: string, symbol: string) =>
  queryOptions({
    queryKey: [...keys.chartTrades(botId), symbol],
    queryFn: ({ signal }) =>
      getJson<Page<TradeView>>(apiUrl(botList(botId, 'trades'), { symbol, limit: 200 }), signal),
  });

/** The symbols of the last 200 trades, latest first. */
export const tradedSymbolsQuery = (botId: string) =>
  queryOptions({
    queryKey: keys.tradedSymbols(botId),
    queryFn: async ({ signal }) => {
      const page = await getJson<Page<TradeView>>(apiUrl(botList(botId, 'trades'), { limit: 200 }), signal);
      return [...new Set(page.items.map(({ symbol }) => symbol))];
    },
  });

export const readDecisions = (
  botId: string,
  page: { cursor: string | null; limit: number },
  signal?: AbortSignal,
): Promise<Page<DecisionView>> =>
  getJson<Page<DecisionView>>(apiUrl(botList(botId, 'decisions'), page), signal);

export const decisionsQuery = (botId: string) =>
  infiniteQueryOptions({
    queryKey: keys.decisions(botId),
    queryFn: ({ pageParam, signal }) => readDecisions(botId, { cursor: pageParam, limit: 25 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export interface SnapshotPoint {
  timestamp: number;
  totalValue: number;
}

export const snapshotsQuery = (botId: string, range: Range, from: () => number | null) =>
  queryOptions({
    queryKey: [...keys.snapshots(botId), range],
    queryFn: ({ signal }) =>
      getJson<Page<SnapshotPoint>>(apiUrl(botList(botId, 'snapshots'), { limit: 500, from: from() }), signal),
  });
