import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { ownKeys } from './own-queries.ts';

export const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...ownKeys.users, q],
    queryFn: ({ pageParam, signal }) =>
      call('listUsers', { query: { q, cursor: pageParam ?? undefined, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const auditQuery = (filter: { action: string; userId: string }) =>
  infiniteQueryOptions({
    queryKey: [...ownKeys.adminAudit, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        action: filter.action === '' ? undefined : filter.action,
        userId: filter.userId === '' ? undefined : filter.userId,
        cursor: pageParam ?? undefined,
        limit: 50,
      };
      return call('listAudit', { query, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const invitesQuery = queryOptions({
  queryKey: ownKeys.invites,
  queryFn: ({ signal }) => call('listInvites', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

export const settingsQuery = queryOptions({
  queryKey: ownKeys.settings,
  queryFn: ({ signal }) => call('listSettings', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

export const pricesQuery = queryOptions({
  queryKey: ownKeys.prices,
  queryFn: ({ signal }) => call('listModelPrices', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});

export const orphansQuery = queryOptions({
  queryKey: ownKeys.orphans,
  queryFn: ({ signal }) => call('listOrphans', { signal }),
  select: ({ items }) => items,
  staleTime: 0,
});
