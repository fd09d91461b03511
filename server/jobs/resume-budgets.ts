import { resumeAfterBudget } from '../arena/budget-pauses.ts';
import type { Job } from './scheduler.ts';

/** Budgets are of days of the wall clock, whatever the arena's shows. */
export const resumeBudgets: Job = {
  name: 'resume-budgets',
  everyMs: () => 60_000,
  run: (ctx, _now, signal) => resumeAfterBudget({ ctx, ...ctx.control }, ctx.clock.wallNow(), signal),
};
