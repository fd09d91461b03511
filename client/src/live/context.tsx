import { keepPreviousData, queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { BotSummary, FeedItem, Market, MarketStatus, Range } from '../api/contract.ts';
import { keys } from '../api/queries.ts';
import { ArenaClock } from './arena-clock.ts';
import { LiveClient, type ConnectionState } from './live-client.ts';
import type { ArenaState } from './patch.ts';
import { openSocket } from './socket.ts';
import { LiveSync } from './sync.ts';
import { TickStore } from './ticks.ts';

export interface Live {
  readonly client: LiveClient;
  readonly sync: LiveSync;
  readonly ticks: TickStore;
  readonly clock: ArenaClock;
}

/** The page's one live connection and what it feeds. */
export function startLive(queries: QueryClient): Live {
  const ticks = new TickStore();
  const clock = new ArenaClock();
  const sync = new LiveSync(queries, ticks, clock);
  return { ticks, clock, sync, client: new LiveClient(openSocket(), sync) };
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive needs a LiveProvider above it.');
  return live;
}

export function useConnection(): ConnectionState {
  const { client } = useLive();
  return useSyncExternalStore(client.subscribe, client.state);
}

/** The number under `key` as of now; `fallback` until the first tick. Only the caller renders on a tick. */
export function useTick<Fallback extends number | null>(key: string, fallback: Fallback): number | Fallback {
  const { ticks } = useLive();
  const subscribe = useCallback((listener: () => void) => ticks.subscribe(key, listener), [ticks, key]);
  return useSyncExternalStore(subscribe, () => ticks.get(key)) ?? fallback;
}

/** The arena's clock, read again every `everyMs` of wall time. */
export function useNow(everyMs = 1_000): number {
  const { clock } = useLive();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const read = () => setNow(clock.now());
    read();
    const timer = setInterval(read, everyMs);
    return () => clearInterval(timer);
  }, [clock, everyMs]);
  return now;
}

/** While the socket lives nothing is polled; without it the figures are read every ten seconds. */
function usePolling(): number | false {
  return useConnection() === 'live' ? false : 10_000;
}

export const DEFAULT_RANGE: Range = '1d';

/** The first screen, whole: renders on every event. Most need only a part of it. */
export function useArena() {
  return useArenaPart(whole);
}

const whole = (state: ArenaState): ArenaState => state;

/** A part of the first screen; renders only when that part changes. `select` must be the same function each time. */
export function useArenaPart<Part>(select: (state: ArenaState) => Part) {
  const { sync } = useLive();
  const refetchInterval = usePolling();
  return useQuery({
    ...queryOptions({ queryKey: keys.arena, queryFn: () => sync.loadArena(DEFAULT_RANGE) }),
    select,
    refetchInterval,
    // Parts keep their identity by themselves: events replace only what they change.
    structuralSharing: false,
  });
}

export function useEquity(range: Range) {
  const { sync } = useLive();
  return useQuery({
    ...queryOptions({ queryKey: keys.equity(range), queryFn: () => sync.loadEquity(range) }),
    placeholderData: keepPreviousData,
    refetchInterval: usePolling(),
  });
}

/** Follows room `arena` as long as the page is open, from where the first answer stood. */
export function useArenaRoom(): void {
  const { client, sync } = useLive();
  const { data, isError } = useArenaPart(isThere);
  const isReady = data === true || isError;
  useEffect(() => (isReady ? client.join('arena', sync.arenaSeq()) : undefined), [client, sync, isReady]);
}

const isThere = (): true => true;

export function useBotRoom(botId: string): void {
  const { client } = useLive();
  useEffect(() => client.join(`bot:${botId}`, null), [client, botId]);
}

const botsOf = ({ bots }: ArenaState) => bots;
const marketsOf = ({ markets }: ArenaState) => markets;
const statusOf = ({ market }: ArenaState) => market;
const feedOf = ({ feed }: ArenaState) => feed;

const NO_BOTS: readonly BotSummary[] = [];
const NO_MARKETS: readonly Market[] = [];

/** The bots of the first screen: the references and the best of the others, not everyone. */
export function useArenaBots() {
  return useArenaPart(botsOf);
}

/** The same; none while loading. */
export function useBots(): readonly BotSummary[] {
  return useArenaBots().data ?? NO_BOTS;
}

export function useMarkets(): readonly Market[] {
  return useArenaPart(marketsOf).data ?? NO_MARKETS;
}

export function useMarketStatus(): MarketStatus | undefined {
  return useArenaPart(statusOf).data;
}

/** What happened last, newest first; undefined while loading. */
export function useFeed(): readonly FeedItem[] | undefined {
  return useArenaPart(feedOf).data;
}

/** symbol -> tick size, for whoever formats prices. */
export function useTickSizes(): (symbol: string) => number | null {
  const markets = useMarkets();
  return useMemo(() => {
    const sizes = new Map(markets.map(({ symbol, tickSize }) => [symbol, tickSize]));
    return (symbol: string) => sizes.get(symbol) ?? null;
  }, [markets]);
}
