import type { Job } from './scheduler.ts';

export const takeSnapshots: Job = {
  name: 'take-snapshots',
  everyMs: (ctx) => ctx.snapshots.intervalMs,
  run: (ctx, now) => ctx.snapshots.take(now),
};
