import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { emptyRoom, eraseUser as eraseRows, listBotIds } from '../db/queries/erase.ts';
import { findUser, findUserByName, holdOtherAdmin, type UserRow } from '../db/queries/users.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import { changeNews, reloadBot } from './bots.ts';
import { redactEvents } from './redact-events.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'control' | 'auth' | 'vault' | 'market' | 'newId'>;

/**
 * Deletes somebody else for good. @param user `confirm` is the name, typed once more.
 * @throws NotFoundError, InvalidInputError, ConflictError `own-account` or `last-admin`.
 */
export async function deleteUser(
  ctx: Deps,
  by: Actor,
  { userId, confirm }: { userId: string; confirm: string },
): Promise<void> {
  if (userId === by.userId)
    throw new ConflictError('own-account', 'Delete your own account on its own page, with your password.');
  const user = await findUser(ctx.db, userId);
  if (!user) throw new NotFoundError('user', userId);
  await erase(ctx, by, { user, confirm });
}

/**
 * Deletes one's own account for good; the caller has asked for the password.
 * @throws InvalidInputError, ConflictError `last-admin`.
 */
export async function deleteOwnAccount(
  ctx: Deps,
  by: Actor,
  { user, confirm }: { user: UserRow; confirm: string },
): Promise<void> {
  await erase(ctx, by, { user, confirm });
}

/**
 * The person goes, the books stay. Open positions are left as they are: nothing marks, funds or closes them any more.
 */
async function erase(
  ctx: Deps,
  by: Actor,
  { user, confirm }: { user: UserRow; confirm: string },
): Promise<void> {
  const { db, clock } = ctx;
  const userId = user.id;
  assertTyped(user, confirm);
  const living = await listBotIds(db.read, userId, { withDeleted: false });
  const username = await neutralName(ctx, userId);
  const isAdmin = user.role === 'admin' && user.is_active === 1;
  await db.commit([
    ...(isAdmin ? [holdOtherAdmin(db.read, userId)] : []),
    ...eraseRows(db.read, { userId, username, at: clock.wallNow(), arenaNow: clock.now() }),
    ...living.flatMap((botId) => changeNews(ctx, { botId, userId }, 'deleted')),
    ...living.map((botId) => emptyRoom(db.read, `bot:${botId}`)),
    emptyRoom(db.read, `user:${userId}`),
    audited(ctx, by, {
      userId,
      action: 'user.deleted',
      subjectType: 'user',
      subjectId: userId,
      details: { role: user.role, bots: living.length },
    }),
    ...by.remember({}),
  ]);
  ctx.vault.forget(userId);
  ctx.auth.revocations.announce(userId);
  await forgetBots(ctx, userId);
}

/** Every bot, also one that was made while the others were listed. */
async function forgetBots(ctx: Deps, userId: string): Promise<void> {
  const botIds = await listBotIds(ctx.db.read, userId, { withDeleted: true });
  for (const botId of botIds) await reloadBot({ ctx, ...ctx.control }, botId);
  await redactEvents(ctx, new Set(botIds));
}

function assertTyped({ username }: UserRow, confirm: string): void {
  if (confirm === username) return;
  const message = `Type the name "${username}" to delete for good.`;
  throw new InvalidInputError(message, [{ path: 'confirm', message }]);
}

/** Short, unless somebody has taken that very name. */
async function neutralName({ db }: Deps, userId: string): Promise<string> {
  const short = `deleted-${userId.slice(-8)}`;
  return (await findUserByName(db, short)) ? `deleted-${userId}` : short;
}
