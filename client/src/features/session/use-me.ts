import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { Me, Role } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';

export type User = NonNullable<Me['user']>;

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => call('getMe', { signal }),
  staleTime: Infinity,
  // Somebody may have logged out in another tab.
  refetchOnWindowFocus: 'always',
});

export const useMe = () => useQuery(meQuery);

/** Who is logged in; null for a stranger and while it is not known yet. */
export function useUser(): User | null {
  return useMe().data?.user ?? null;
}

const RANK: Record<Role, number> = { viewer: 1, user: 2, moderator: 3, admin: 4 };

export function hasRole(user: Pick<User, 'role'> | null, least: Role): boolean {
  return user !== null && RANK[user.role] >= RANK[least];
}

/** What was read as somebody: it goes with them. */
const OF_A_USER = new Set(['bot', 'trades', 'decisions', 'chart-trades', 'own']);

/** Somebody else asks from here on: what only the one before might see is forgotten, the rest is read again. */
export function forgetViewer(queries: QueryClient): void {
  queries.removeQueries({ type: 'inactive', predicate: ({ queryKey }) => queryKey[0] !== 'me' });
  void queries.resetQueries({ predicate: ({ queryKey }) => OF_A_USER.has(String(queryKey[0])) });
  void queries.resetQueries({ queryKey: keys.ownBots });
  void queries.invalidateQueries({ queryKey: keys.bots });
  void queries.invalidateQueries({ queryKey: keys.arena });
}
