import type { Actor, AppContext } from '../context.ts';
import { insertAuditEntry } from '../db/queries/audit-log.ts';
import type { BotKey } from './bots.ts';
import { getOwnBot } from './own-bots.ts';

/** Writes the figures of this moment, unless the present interval has them already. @throws NotFoundError */
export async function takeSnapshotNow(ctx: AppContext, bot: BotKey, by: Actor): Promise<void> {
  await getOwnBot(ctx, bot);
  await ctx.snapshots.take(ctx.clock.now());
  await ctx.db.commit([
    insertAuditEntry({
      ...by.trace,
      userId: bot.userId,
      action: 'bot.snapshot',
      subjectType: 'bot',
      subjectId: bot.botId,
      details: {},
      at: ctx.clock.wallNow(),
    }),
    ...by.remember({}),
  ]);
}
