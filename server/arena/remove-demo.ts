import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { deleteHouse, listHouseBotKeys } from '../db/queries/house.ts';
import { ConflictError } from '../errors.ts';
import { changeNews, reloadBot } from './bots.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'control' | 'market' | 'newId'>;

/** Removes the house users and their bots; their books stay. @throws ConflictError `no-demo`. */
export async function removeDemo(ctx: Deps, by: Actor): Promise<{ users: number; bots: number }> {
  const { db, clock } = ctx;
  const { userIds, bots } = await listHouseBotKeys(db.read);
  if (userIds.length === 0) throw new ConflictError('no-demo', 'There are no house users to remove.');
  const result = { users: userIds.length, bots: bots.length };
  await db.commit([
    ...deleteHouse(db.read, { userIds, at: clock.wallNow() }),
    ...bots.flatMap((bot) => changeNews(ctx, bot, 'deleted')),
    audited(ctx, by, {
      userId: null,
      action: 'demo.removed',
      subjectType: 'arena',
      subjectId: '',
      details: result,
    }),
    ...by.remember(result),
  ]);
  for (const { botId } of bots) await reloadBot({ ctx, ...ctx.control }, botId);
  return result;
}
