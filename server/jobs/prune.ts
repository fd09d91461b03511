import { pruneHistory } from '../arena/prune.ts';
import type { Job } from './scheduler.ts';

export const prune: Job = {
  name: 'prune',
  everyMs: () => 3_600_000,
  run: (ctx, now, signal) => pruneHistory(ctx, now, signal),
};
