import { sessionCookieName } from '../../../auth/session-cookie.ts';
import { newSession, SESSION_LIFE } from '../../../auth/sessions.ts';
import { hashToken, newToken } from '../../../auth/tokens.ts';
import { insertApiKey } from '../../../db/queries/api-keys.ts';
import { insertRow } from '../../../db/queries/bots-write.ts';
import { insertSession } from '../../../db/queries/sessions.ts';
import { updateUser, type Role } from '../../../db/queries/users.ts';
import type { TestApp } from '../test-app.ts';

/** The password of everybody; hashed once, because that takes a while. */
export const PASSWORD = 'correct horse battery';

export interface User {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
}

/** What a request shows of who sends it. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  /** The session's or the key's; null = neither. */
  readonly id: string | null;
  /** The token or the key itself; null = neither. */
  readonly secret: string | null;
}

let hash: Promise<string> | undefined;

export async function addUser(t: TestApp, username: string, role: Role = 'user'): Promise<User> {
  const { ctx } = t.app;
  hash ??= ctx.auth.passwords.hash(PASSWORD);
  const userId = ctx.newId();
  const row = { id: userId, username, password_hash: await hash, role, deleted_at: null };
  await t.db.commit([insertRow(t.db.read, 'users', { ...row, created_at: t.wall })]);
  return { userId, username, role };
}

export async function switchOff(t: TestApp, userId: string): Promise<void> {
  await t.db.commit([updateUser(t.db.read, userId, { is_active: 0 })]);
}

/** A login on the page; `over` says how it ended. */
export async function addSession(
  t: TestApp,
  userId: string,
  over: 'no' | 'expired' | 'idle' | 'revoked' = 'no',
): Promise<Credential> {
  const { ctx } = t.app;
  const visitor = { ip: '127.0.0.1', userAgent: 'browser' };
  const session = newSession(ctx, userId, visitor);
  if (over === 'no') await ctx.db.commit([session.write]);
  if (over === 'expired' || over === 'idle') {
    const last = over === 'idle' ? t.wall - SESSION_LIFE.idleMs - 1000 : t.wall - 3_600_000;
    await ctx.db.commit([
      insertSession(ctx.db.read, {
        id: session.id,
        user_id: userId,
        token_hash: hashToken(session.token),
        previous_hash: null,
        rotated_at: last,
        created_at: last,
        last_used_at: last,
        expires_at: over === 'expired' ? t.wall - 1000 : last + SESSION_LIFE.absoluteMs,
        ip: visitor.ip,
        user_agent: visitor.userAgent,
      }),
    ]);
  }
  const cookie = `${sessionCookieName(ctx)}=${session.token}`;
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  return { headers, id: session.id, secret: session.token };
}

/** A key of a program; `over` says how it ended. */
export async function addApiKey(
  t: TestApp,
  userId: string,
  { scope = 'trade', over = 'no' }: { scope?: 'read' | 'trade'; over?: 'no' | 'expired' | 'revoked' } = {},
): Promise<Credential> {
  const { ctx } = t.app;
  const [id, key] = [ctx.newId(), newToken('ark')];
  const row = { id, user_id: userId, name: 'program', prefix: key.slice(0, 10), key_hash: hashToken(key) };
  if (over !== 'revoked')
    await ctx.db.commit([
      insertApiKey(ctx.db.read, {
        ...row,
        scope,
        created_at: t.wall - 7_200_000,
        last_used_at: t.wall,
        expires_at: over === 'expired' ? t.wall - 1000 : null,
      }),
    ]);
  return { headers: { authorization: `Bearer ${key}` }, id, secret: key };
}
