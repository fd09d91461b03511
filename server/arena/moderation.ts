import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { updateBot } from '../db/queries/bots-write.ts';
import { getPublicBot } from './bots-read.ts';
import { changeNews, pauseBot, reloadBot, resumeBot } from './bots.ts';

/** Hides a bot's name and picture from everybody, or shows them again. @throws NotFoundError */
export async function hideBotName(
  ctx: AppContext,
  by: Actor,
  { botId, isNameHidden }: { botId: string; isNameHidden: boolean },
): Promise<void> {
  const { db, clock } = ctx;
  const { user_id: userId, is_name_hidden } = await getPublicBot(ctx, botId);
  const bot = { botId, userId };
  await db.commit([
    updateBot(db.read, bot, { is_name_hidden: isNameHidden ? 1 : 0, updated_at: clock.wallNow() }),
    audited(ctx, by, {
      userId,
      action: isNameHidden ? 'bot.name-hidden' : 'bot.name-shown',
      subjectType: 'bot',
      subjectId: botId,
      details: { before: { isNameHidden: is_name_hidden === 1 }, after: { isNameHidden } },
    }),
    ...changeNews(ctx, bot, 'updated'),
    ...by.remember({}),
  ]);
  await reloadBot({ ctx, ...ctx.control }, botId);
}

/** Pauses anybody's bot and holds it: its owner reads the reason and cannot resume it. @throws NotFoundError */
export async function moderatePause(
  ctx: AppContext,
  by: Actor,
  { botId, reason }: { botId: string; reason: string },
): Promise<void> {
  const { user_id: userId } = await getPublicBot(ctx, botId);
  const said = reason === '' ? 'Paused by a moderator.' : `Paused by a moderator: ${reason}`;
  await pauseBot({ ctx, ...ctx.control }, { botId, userId, by }, { reason: said, isHeld: true });
}

/** Lets anybody's bot go on, also one that is held. @throws NotFoundError */
export async function moderateResume(ctx: AppContext, by: Actor, botId: string): Promise<void> {
  const { user_id: userId } = await getPublicBot(ctx, botId);
  await resumeBot({ ctx, ...ctx.control }, { botId, userId, by });
}
