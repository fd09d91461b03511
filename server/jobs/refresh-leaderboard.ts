import type { Job } from './scheduler.ts';

export const refreshLeaderboard: Job = {
  name: 'refresh-leaderboard',
  everyMs: (ctx) => ctx.snapshots.intervalMs,
  run: (ctx, now, signal) => ctx.boards.refresh(now, signal),
};
