import type { Actor } from '../context.ts';
import { findSecondFactor } from '../db/queries/recovery.ts';
import { listApiKeys } from '../db/queries/api-keys.ts';
import { audited } from '../db/queries/audit-log.ts';
import { listSessions } from '../db/queries/sessions.ts';
import { findUser, updateUser } from '../db/queries/users.ts';
import { isOver, type AuthContext } from './sessions.ts';

/** What a user is told of their own account; null when it is gone. */
export async function readAccount(ctx: Pick<AuthContext, 'db'>, userId: string) {
  const user = await findUser(ctx.db, userId);
  if (!user) return null;
  const factor = await findSecondFactor(ctx.db.read, userId);
  return {
    id: user.id,
    username: user.username,
    role: user.role,
    email: user.email,
    hasSecondFactor: factor?.confirmed_at != null,
    createdAt: user.created_at,
  };
}

/** The sessions that are not over, newest first. */
export async function readSessions(ctx: AuthContext, userId: string, currentId: string) {
  const now = ctx.clock.wallNow();
  const rows = await listSessions(ctx.db.read, userId);
  return rows
    .filter((row) => !isOver(row, now))
    .map((row) => ({
      id: row.id,
      isCurrent: row.id === currentId,
      ip: row.ip,
      userAgent: row.user_agent,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
    }));
}

/** Newest first. */
export async function readApiKeys(ctx: Pick<AuthContext, 'db'>, userId: string) {
  const rows = await listApiKeys(ctx.db.read, userId);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scope: row.scope,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  }));
}

/** Where links to reset the password go; null = nowhere. The caller has asked for the password. */
export async function changeEmail(ctx: AuthContext, by: Actor, email: string | null): Promise<void> {
  await ctx.db.commit([
    updateUser(ctx.db.read, by.userId, { email }),
    audited(ctx, by, {
      action: 'email.changed',
      subjectType: 'user',
      subjectId: by.userId,
      details: { isSet: email !== null },
    }),
    ...by.remember({}),
  ]);
}
