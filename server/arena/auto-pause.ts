import type { AppContext } from '../context.ts';
import { pauseRunningBot } from '../db/queries/bots-write.ts';
import type { Write } from '../db/prepared.ts';
import type { ActiveBot } from './active-bot.ts';
import { ARENA_ITSELF, changeTold } from './bots.ts';

/**
 * The writes by which the arena itself pauses a bot, in the commit of what made it necessary. One that is paused or
 * deleted already stays as it is.
 * @param resumeAt wall clock, when it goes on by itself; null = when its owner says so.
 */
export function autoPauseWrites(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  bot: Pick<ActiveBot, 'botId' | 'userId' | 'isRunning'>,
  { reason, resumeAt }: { reason: string; resumeAt: number | null },
): Write[] {
  if (!bot.isRunning) return [];
  const at = ctx.clock.wallNow();
  return [
    pauseRunningBot(ctx.db.read, { ...bot, reason, resumeAt, at }),
    ...changeTold(
      ctx,
      { botId: bot.botId, userId: bot.userId },
      { name: 'paused', by: ARENA_ITSELF, details: { reason } },
    ),
  ];
}
