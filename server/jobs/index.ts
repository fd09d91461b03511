import { prune } from './prune.ts';
import { refreshLeaderboard } from './refresh-leaderboard.ts';
import { releaseDelayed } from './release-delayed.ts';
import { resumeBudgets } from './resume-budgets.ts';
import { runTurns } from './run-turns.ts';
import type { Job } from './scheduler.ts';
import { takeSnapshots } from './take-snapshots.ts';
import { watchMarket } from './watch-market.ts';

/** Every job, in the order they run when several are due. */
export function createJobs(): readonly Job[] {
  return [runTurns, takeSnapshots, refreshLeaderboard, releaseDelayed(), watchMarket(), resumeBudgets, prune];
}
