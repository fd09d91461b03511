import type { AppContext, Trace } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { findApiKey, touchApiKey } from '../db/queries/api-keys.ts';
import {
  deleteSession,
  findSession,
  insertSession,
  rotateSession,
  touchSession,
  type SessionRow,
} from '../db/queries/sessions.ts';
import type { Role } from '../db/queries/users.ts';
import type { Write } from '../db/prepared.ts';
import { hashToken, newToken } from './tokens.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const SESSION_LIFE = {
  /** A session ends this long after its last use. */
  idleMs: 7 * DAY_MS,
  /** And this long after the login, however much it is used. */
  absoluteMs: 30 * DAY_MS,
  /** The page asks for the next token when the present one is this old. */
  rotateAfterMs: DAY_MS,
  /** The token before the last one is good for so long, in case the answer with the new one was lost. */
  graceMs: MINUTE_MS,
} as const;
/** `last_used_at` is written at most this often. */
const TOUCH_MS = MINUTE_MS;
const AGENT_LENGTH = 200;

export type AuthContext = Pick<AppContext, 'db' | 'clock' | 'newId' | 'vault' | 'auth' | 'config'>;

/** Who a request or a socket comes from. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  /** How they showed who they are. */
  readonly credential:
    | { readonly kind: 'session'; readonly id: string; readonly rotatedAt: number }
    | { readonly kind: 'api-key'; readonly id: string; readonly scope: 'read' | 'trade' };
}

/** Where somebody logs in from. */
export interface Visitor {
  readonly ip: string;
  readonly userAgent: string;
}

/** A new session: its token, which is told once, and the row that must be committed. */
export function newSession(
  { db, clock, newId }: Pick<AuthContext, 'db' | 'clock' | 'newId'>,
  userId: string,
  { ip, userAgent }: Visitor,
): { id: string; token: string; write: Write } {
  const [id, token, now] = [newId(), newToken('ars'), clock.wallNow()];
  const write = insertSession(db.read, {
    id,
    user_id: userId,
    token_hash: hashToken(token),
    previous_hash: null,
    rotated_at: now,
    created_at: now,
    last_used_at: now,
    expires_at: now + SESSION_LIFE.absoluteMs,
    ip,
    user_agent: userAgent.slice(0, AGENT_LENGTH),
  });
  return { id, token, write };
}

/** Whose session the token opens; undefined when it is unknown, over, or its user is switched off. */
export async function findPrincipal(ctx: AuthContext, token: string): Promise<Principal | undefined> {
  const hash = hashToken(token);
  const row = await findSession(ctx.db, hash);
  const now = ctx.clock.wallNow();
  if (!row || row.is_active === 0 || isOver(row, now)) return undefined;
  if (row.token_hash !== hash && now - row.rotated_at > SESSION_LIFE.graceMs) {
    await endStolen(ctx, row);
    return undefined;
  }
  if (now - row.last_used_at > TOUCH_MS) await ctx.db.commit([touchSession(row.id, now)]);
  return {
    userId: row.user_id,
    username: row.username,
    role: row.role,
    credential: { kind: 'session', id: row.id, rotatedAt: row.rotated_at },
  };
}

/** Whose API key it is; undefined when it is unknown or over, or its user is switched off. */
export async function findKeyHolder(ctx: AuthContext, key: string): Promise<Principal | undefined> {
  const row = await findApiKey(ctx.db, hashToken(key));
  const now = ctx.clock.wallNow();
  if (!row || row.is_active === 0 || (row.expires_at !== null && row.expires_at <= now)) return undefined;
  if (row.last_used_at === null || now - row.last_used_at > TOUCH_MS)
    await ctx.db.commit([touchApiKey(row.id, now)]);
  return {
    userId: row.user_id,
    username: row.username,
    role: row.role,
    credential: { kind: 'api-key', id: row.id, scope: row.scope },
  };
}

/**
 * Gives a session its next token. The one before stays good for a minute; shown later, it ends the session, because
 * then two people hold it.
 * @returns null when the token was replaced already: the newer one counts.
 */
export async function rotateToken(
  ctx: AuthContext,
  sessionId: string,
  token: string,
): Promise<string | null> {
  const [from, next] = [hashToken(token), newToken('ars')];
  const row = await findSession(ctx.db, from);
  if (row?.id !== sessionId || row.token_hash !== from) return null;
  const at = ctx.clock.wallNow();
  await ctx.db.commit([rotateSession(ctx.db.read, { id: sessionId, from, to: hashToken(next), at })]);
  return next;
}

export function isOver(row: Pick<SessionRow, 'expires_at' | 'last_used_at'>, now: number): boolean {
  return row.expires_at <= now || row.last_used_at + SESSION_LIFE.idleMs <= now;
}

async function endStolen(ctx: AuthContext, row: SessionRow): Promise<void> {
  const nobody: Trace = { actorId: null, ip: null, requestId: null };
  await ctx.db.commit([
    deleteSession(ctx.db.read, { id: row.id, userId: row.user_id }),
    audited(
      ctx,
      { trace: nobody },
      { userId: row.user_id, action: 'session.reused', subjectType: 'session', subjectId: row.id },
    ),
  ]);
  ctx.auth.revocations.announce(row.user_id, { credentialId: row.id });
}
