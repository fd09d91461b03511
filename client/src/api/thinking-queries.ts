import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, type AnswerOf, type BodyOf } from './call.ts';
import type { Page } from './contract.ts';
import { thinkingKeys } from './thinking-keys.ts';

export type Preview = AnswerOf<'previewBot'>;
export type DryRun = NonNullable<Preview['dryRun']>;
/** What is previewed in the place of what is saved. */
export type PreviewDraft = Omit<BodyOf<'previewBot'>, 'dryRun'>;
export type Learning = AnswerOf<'getHistorySummary'>;
export type Summary = Learning['versions'][number];
type VersionsPage = AnswerOf<'listVersions'>;
export type BotVersion = VersionsPage['items'][number];

const SUMMARY_POLL_MS = 3_000;

/** What a bot has learnt. While a summary is made it is asked for again: one that comes to nothing has no event. */
export const learningQuery = (botId: string) =>
  queryOptions({
    queryKey: thinkingKeys.learning(botId),
    queryFn: ({ signal }) => call('getHistorySummary', { params: { botId }, signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.isSummarizing ? SUMMARY_POLL_MS : false),
  });

/** What a bot was made of from edit to edit, newest first. */
export const versionsQuery = (botId: string) =>
  infiniteQueryOptions({
    queryKey: thinkingKeys.versions(botId),
    queryFn: ({ pageParam, signal }): Promise<Page<BotVersion>> =>
      call('listVersions', {
        params: { botId },
        query: { cursor: pageParam ?? undefined, limit: 20 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
