import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../../api/call.ts';
import { onUnauthorised } from '../../api/client.ts';
import type { Me } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { useLive } from '../../live/context.tsx';
import { forgetViewer, useMe } from './use-me.ts';

const REFRESH_EVERY_MS = 3_600_000;

/** Keeps the page true to who is logged in: its cookie, its live connection, its rooms and what it has read. */
export function useSession(): void {
  const { data } = useMe();
  const userId = data?.user?.id ?? null;
  useRefusals();
  useRefresh(userId);
  useViewer(data === undefined ? undefined : userId);
  useOwnRoom(userId);
}

/** A request that needs a login and has none any more: ask who we are, and the pages follow. */
function useRefusals(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      onUnauthorised(() => {
        if (queries.getQueryData<Me>(keys.me)?.user)
          void queries.invalidateQueries({ queryKey: keys.me }, { cancelRefetch: false });
      }),
    [queries],
  );
}

/** The server replaces the token of a session that is a day old. A session that is over is noticed with the refusal. */
function useRefresh(userId: string | null): void {
  useQuery({
    queryKey: ['session-refresh', userId],
    queryFn: async () => {
      await call('refreshSession');
      return null;
    },
    enabled: userId !== null,
    refetchInterval: REFRESH_EVERY_MS,
    refetchIntervalInBackground: true,
  });
}

/** @param userId undefined while it is not known. */
function useViewer(userId: string | null | undefined): void {
  const queries = useQueryClient();
  const { client, sync } = useLive();
  const before = useRef<string | null | undefined>(undefined);
  useEffect(() => {
    if (userId === undefined || before.current === userId) return;
    const isFirst = before.current === undefined;
    before.current = userId;
    if (isFirst) return;
    sync.forgetUser();
    forgetViewer(queries);
    client.reopen();
  }, [userId, queries, client, sync]);
}

function useOwnRoom(userId: string | null): void {
  const { client } = useLive();
  useEffect(() => (userId === null ? undefined : client.join(`user:${userId}`, null)), [client, userId]);
}
