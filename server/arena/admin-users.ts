import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { UserView } from '../contract/http/admin.ts';
import { listBotIds } from '../db/queries/erase.ts';
import { deleteSessions } from '../db/queries/sessions.ts';
import {
  changeStanding,
  findUserWithBots,
  holdOtherAdmin,
  listUsers,
  updateUser,
  type Role,
  type UserWithBots,
} from '../db/queries/users.ts';
import type { Write } from '../db/prepared.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { changeNews } from './bots.ts';
import { pageOf, type ListPage } from './paging.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'control' | 'auth'>;

/** Users who are not deleted, in the order they came. */
export async function readUsers(
  { db }: Pick<Deps, 'db'>,
  { q, afterId, limit }: { q: string; afterId: string; limit: number },
): Promise<ListPage<UserView, string>> {
  const rows = await listUsers(db.read, { q, afterId, limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, (row) => ({ at: row.created_at, key: row.id }));
  return { items: items.map(userView), next };
}

/** @throws NotFoundError */
export async function readUser({ db }: Pick<Deps, 'db'>, userId: string): Promise<UserView> {
  const row = await findUserWithBots(db.read, userId);
  if (!row) throw new NotFoundError('user', userId);
  return userView(row);
}

export interface Standing {
  readonly role?: Role | undefined;
  /** A user who is switched off cannot log in, and their bots take no turns. */
  readonly isActive?: boolean | undefined;
}

/**
 * Changes what a user may do; wherever they are logged in, that ends.
 * @throws NotFoundError, ConflictError `own-account` or `last-admin`, StaleWriteError.
 */
export async function changeUser(
  ctx: Deps,
  by: Actor,
  { userId, ...standing }: Standing & { userId: string },
): Promise<{ userId: string }> {
  const { db, auth } = ctx;
  if (userId === by.userId)
    throw new ConflictError(
      'own-account',
      'You cannot change your own role or switch yourself off: ask another administrator.',
    );
  const row = await findUserWithBots(db.read, userId);
  if (!row) throw new NotFoundError('user', userId);
  const after = standingAfter(row, standing);
  const isSame = after.role === row.role && after.is_active === row.is_active;
  const botIds = isSame ? [] : await listBotIds(db.read, userId, { withDeleted: false });
  await commitAny(ctx, [
    ...(isSame ? [] : standingWrites(ctx, by, { row, after })),
    ...botIds.flatMap((botId) => changeNews(ctx, { botId, userId }, 'updated')),
    ...by.remember({ userId }),
  ]);
  if (isSame) return { userId };
  auth.revocations.announce(userId);
  for (const botId of botIds) await ctx.control.manager.reload(botId);
  return { userId };
}

type StoredStanding = Pick<UserWithBots, 'role' | 'is_active'>;

function standingAfter(row: StoredStanding, { role, isActive }: Standing): StoredStanding {
  return {
    role: role ?? row.role,
    is_active: isActive === undefined ? row.is_active : isActive ? 1 : 0,
  };
}

function standingWrites(
  ctx: Deps,
  by: Actor,
  { row, after }: { row: UserWithBots; after: StoredStanding },
): Write[] {
  const { db } = ctx;
  const isAdmin = ({ role, is_active }: StoredStanding) => role === 'admin' && is_active === 1;
  const told = ({ role, is_active }: StoredStanding) => ({ role, isActive: is_active === 1 });
  return [
    ...(isAdmin(row) && !isAdmin(after) ? [holdOtherAdmin(db.read, row.id)] : []),
    changeStanding(db.read, row, after),
    deleteSessions(db.read, row.id),
    audited(ctx, by, {
      userId: row.id,
      action: 'user.updated',
      subjectType: 'user',
      subjectId: row.id,
      details: { before: told(row), after: told(after) },
    }),
  ];
}

/** Hides a user's name from everybody, or shows it again. @throws NotFoundError */
export async function hideUserName(
  ctx: Deps,
  by: Actor,
  { userId, isNameHidden }: { userId: string; isNameHidden: boolean },
): Promise<{ userId: string }> {
  const { db } = ctx;
  const before = await readUser(ctx, userId);
  const botIds = await listBotIds(db.read, userId, { withDeleted: false });
  await db.commit([
    updateUser(db.read, userId, { is_name_hidden: isNameHidden ? 1 : 0 }),
    audited(ctx, by, {
      userId,
      action: isNameHidden ? 'user.name-hidden' : 'user.name-shown',
      subjectType: 'user',
      subjectId: userId,
      details: { before: { isNameHidden: before.isNameHidden }, after: { isNameHidden } },
    }),
    ...botIds.flatMap((botId) => changeNews(ctx, { botId, userId }, 'updated')),
    ...by.remember({ userId }),
  ]);
  return { userId };
}

async function commitAny({ db }: Pick<Deps, 'db'>, writes: readonly Write[]): Promise<void> {
  if (writes.length > 0) await db.commit(writes);
}

function userView(row: UserWithBots): UserView {
  return {
    id: row.id,
    username: row.username,
    role: row.role,
    isHouse: row.is_house === 1,
    isActive: row.is_active === 1,
    isNameHidden: row.is_name_hidden === 1,
    botCount: row.bot_count,
    createdAt: row.created_at,
  };
}
