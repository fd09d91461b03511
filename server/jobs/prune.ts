import { pruneAccounts, pruneHistory } from '../arena/prune.ts';
import type { Job } from './scheduler.ts';

export const prune: Job = {
  name: 'prune',
  everyMs: () => 3_600_000,
  run: async (ctx, now, signal) => {
    await pruneAccounts(ctx, ctx.clock.wallNow(), signal);
    await pruneHistory(ctx, now, signal);
  },
};
