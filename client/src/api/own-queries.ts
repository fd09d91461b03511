import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { keys, type BotsPage } from './queries.ts';

/** What a user's spending is summed up by. */
export type ModelUsageBy = 'day' | 'bot' | 'model' | 'purpose';

/** What only whoever is logged in may read; it is forgotten with them. */
export const ownKeys = {
  all: ['own'] as const,
  providers: ['own', 'providers'] as const,
  presets: ['own', 'presets'] as const,
  providerTest: (id: string) => ['own', 'provider-test', id] as const,
  wallets: ['own', 'wallets'] as const,
  sessions: ['own', 'sessions'] as const,
  apiKeys: ['own', 'api-keys'] as const,
  usage: ['own', 'usage'] as const,
  spending: ['own', 'spending'] as const,
  budget: ['own', 'budget'] as const,
  audit: ['own', 'audit'] as const,
  admin: ['own', 'admin'] as const,
  users: ['own', 'admin', 'users'] as const,
  invites: ['own', 'admin', 'invites'] as const,
  settings: ['own', 'admin', 'settings'] as const,
  prices: ['own', 'admin', 'prices'] as const,
  adminAudit: ['own', 'admin', 'audit'] as const,
  orphans: ['own', 'admin', 'orphans'] as const,
};

/** One's own bots, best return first; events keep them true like every list of bots. */
export const ownBotsQuery = infiniteQueryOptions({
  queryKey: keys.ownBots,
  queryFn: async ({ pageParam, signal }): Promise<BotsPage> => {
    const query = { owner: 'me' as const, limit: 100, cursor: pageParam ?? undefined };
    return { ...(await call('listBots', { query, signal })), q: '' };
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
  staleTime: 0,
});

/** One's providers, oldest first, then the built-in strategies. */
export const providersQuery = queryOptions({
  queryKey: ownKeys.providers,
  queryFn: ({ signal }) => call('listProviders', { signal }),
  select: ({ items }) => items,
});

/** Endpoints that are known: hosted ones, those on one's own machine, and any other last. */
export const presetsQuery = queryOptions({
  queryKey: ownKeys.presets,
  queryFn: ({ signal }) => call('listPresets', { signal }),
  select: ({ items }) => items,
});

export const walletsQuery = queryOptions({
  queryKey: ownKeys.wallets,
  queryFn: ({ signal }) => call('listWallets', { signal }),
  select: ({ items }) => items,
});

export const sessionsQuery = queryOptions({
  queryKey: ownKeys.sessions,
  queryFn: ({ signal }) => call('listSessions', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

export const apiKeysQuery = queryOptions({
  queryKey: ownKeys.apiKeys,
  queryFn: ({ signal }) => call('listApiKeys', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

export const usageQuery = queryOptions({
  queryKey: ownKeys.usage,
  queryFn: ({ signal }) => call('getUsage', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

const DAY_MS = 86_400_000;
/** Days that `days` days up to today begin with, UTC. */
const daysAgo = (days: number): number => (Math.floor(Date.now() / DAY_MS) - days + 1) * DAY_MS;

/** What one's models took in the last `days` days (UTC), today included; at most 366. */
export const spendingQuery = (days: number, groupBy: ModelUsageBy) =>
  queryOptions({
    queryKey: [...ownKeys.spending, days, groupBy],
    queryFn: ({ signal }) =>
      call('getModelUsage', { query: { from: String(daysAgo(days)), groupBy }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const budgetQuery = queryOptions({
  queryKey: ownKeys.budget,
  queryFn: ({ signal }) => call('getBudget', { signal }),
  staleTime: 0,
});

export const ownAuditQuery = infiniteQueryOptions({
  queryKey: ownKeys.audit,
  queryFn: ({ pageParam, signal }) =>
    call('listOwnAudit', { query: { cursor: pageParam ?? undefined, limit: 50 }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
  staleTime: 0,
});
