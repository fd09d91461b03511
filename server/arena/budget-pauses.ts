import { updateBot } from '../db/queries/bots-write.ts';
import { botsToResume, holdBudgetPause, type ResumingBot } from '../db/queries/budgets.ts';
import { StaleWriteError } from '../errors.ts';
import type { ActiveBot } from './active-bot.ts';
import { autoPauseWrites } from './auto-pause.ts';
import { ARENA_ITSELF, reloadBot, resumeBot, type BotDeps } from './bots.ts';
import { budgetStop } from './budgets.ts';

/** Pauses a bot that runs once its budget, or its owner's, is used up: its next turn need not be the one that finds out. */
export async function pauseWhenSpent(deps: BotDeps, bot: ActiveBot): Promise<void> {
  const { ctx } = deps;
  const stop = await budgetStop(ctx, bot, ctx.clock.wallNow());
  if (!stop) return;
  await ctx.db.commit(autoPauseWrites(ctx, bot, stop));
  await reloadBot(deps, bot.botId);
}

/**
 * Lets bots go on whose pause for a budget is over, and puts off those that would be over it still. Bots that a moderator
 * holds stay paused.
 * @param now wall clock, epoch ms.
 */
export async function resumeAfterBudget(deps: BotDeps, now: number, signal: AbortSignal): Promise<void> {
  for (const bot of await deps.ctx.db.all(botsToResume, { now })) {
    if (signal.aborted) return;
    try {
      await review(deps, bot, now);
    } catch (error) {
      // Somebody else has resumed, paused or deleted it in the meantime.
      if (!(error instanceof StaleWriteError)) throw error;
    }
  }
}

async function review(deps: BotDeps, bot: ResumingBot, now: number): Promise<void> {
  const { ctx, manager } = deps;
  const held = holdBudgetPause(ctx.db.read, bot);
  const stop = await budgetStop(ctx, manager.botOf(bot.botId), now);
  if (!stop) return await resumeBot(deps, { ...bot, by: { ...ARENA_ITSELF, also: [held] } });
  await ctx.db.commit([
    held,
    updateBot(ctx.db.read, bot, { pause_reason: stop.reason, resume_at: stop.resumeAt, updated_at: now }),
  ]);
}
