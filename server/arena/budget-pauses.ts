import { updateBot } from '../db/queries/bots-write.ts';
import { botsToResume, holdBudgetPause, type ResumingBot } from '../db/queries/budgets.ts';
import { StaleWriteError } from '../errors.ts';
import { ARENA_ITSELF, resumeBot, type BotDeps } from './bots.ts';
import { budgetStop } from './budgets.ts';

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
