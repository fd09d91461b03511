import { clearLearning } from '../../arena/summaries-clear.ts';
import { readHistorySummary, readSummary } from '../../arena/summaries-read.ts';
import type { AppContext } from '../../context.ts';
import type { Api } from '../endpoint.ts';

/** What bots learn from their past. */
export function learningRoutes(api: Api, ctx: AppContext): void {
  api.own('getHistorySummary', ({ by, params: { botId } }) =>
    readHistorySummary(ctx, { botId, userId: by.userId }),
  );
  api.act('forceSummarize', ({ by, params: { botId } }) => ({
    run: () => ctx.summaries.forceSummarize(by, botId),
    answer: async ({ version }: { version: number }) => ({
      success: true as const,
      message: 'The history is summarised.',
      summary: await readSummary(ctx, { botId, userId: by.userId, version }),
    }),
  }));
  api.act('clearLearning', ({ by, params: { botId } }) => ({
    run: () => clearLearning(ctx, by, botId),
    answer: () => ({
      success: true as const,
      message: 'The bot has forgotten its history. Its summaries are kept for you.',
    }),
  }));
}
