import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { BotKey } from './bots.ts';
import { getOwnBot } from './own-bots.ts';

/** Writes the figures of this moment, unless the present interval has them already. @throws NotFoundError */
export async function takeSnapshotNow(ctx: AppContext, bot: BotKey, by: Actor): Promise<void> {
  await getOwnBot(ctx, bot);
  await ctx.snapshots.take(ctx.clock.now());
  await ctx.db.commit([
    audited(ctx, by, { action: 'bot.snapshot', subjectType: 'bot', subjectId: bot.botId }),
    ...by.remember({}),
  ]);
}
