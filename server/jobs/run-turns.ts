import type { Job } from './scheduler.ts';

export const runTurns: Job = {
  name: 'run-turns',
  everyMs: () => 1000,
  async run(ctx, now) {
    ctx.turns.runDue(now);
  },
};
