import type { Actor, Trace } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { deleteSession, deleteSessions } from '../db/queries/sessions.ts';
import { addUsage } from '../db/queries/usage.ts';
import { findUser, findUserByName, updateUser, type UserRow } from '../db/queries/users.ts';
import { NotFoundError, NotSignedInError } from '../errors.ts';
import { checkSecondFactor } from './second-factor.ts';
import { newSession, type AuthContext, type Principal, type Visitor } from './sessions.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of the authenticator app, for those who use one. */
  readonly code?: string | undefined;
}

/**
 * Logs somebody in. An unknown name, a wrong password and a user who is switched off get the same answer after the same
 * work.
 * @returns the session's token, told once. @throws NotSignedInError, OneTimeCodeNeededError, RateLimitedError, AppError `busy`.
 */
export async function logIn(
  ctx: AuthContext,
  { username, password, code }: Credentials,
  { visitor, trace }: { visitor: Visitor; trace: Trace },
): Promise<{ user: { id: string; username: string }; sessionToken: string }> {
  await ctx.auth.throttle.attempt(username, visitor.ip);
  const user = await findUserByName(ctx.db, username);
  const { isRight, isOutdated } = await ctx.auth.passwords.verify(user?.password_hash ?? null, password);
  if (!user || !isRight || user.is_active === 0) return await refuse(ctx, user, trace);
  const factor = await checkSecondFactor(ctx, user.id, code);
  if (!factor) return await refuse(ctx, user, trace);
  const newHash = isOutdated ? await ctx.auth.passwords.hash(password) : null;
  const session = newSession(ctx, user.id, visitor);
  await ctx.db.commit([
    ...factor,
    ...(newHash === null ? [] : [updateUser(ctx.db.read, user.id, { password_hash: newHash })]),
    session.write,
    audited(
      ctx,
      { trace: { ...trace, actorId: user.id } },
      { action: 'login.succeeded', subjectType: 'session', subjectId: session.id },
    ),
  ]);
  await ctx.auth.throttle.succeeded(username, visitor.ip);
  return { user: { id: user.id, username: user.username }, sessionToken: session.token };
}

/** Ends the session the request came with. */
export async function logOut(ctx: AuthContext, by: Actor, sessionId: string): Promise<void> {
  await endSession(ctx, by, { sessionId, action: 'logout' });
}

/** Ends one of one's sessions. @throws NotFoundError */
export async function endSession(
  ctx: AuthContext,
  by: Actor,
  { sessionId, action = 'session.ended' }: { sessionId: string; action?: 'logout' | 'session.ended' },
): Promise<void> {
  await ctx.db.commit([
    deleteSession(ctx.db.read, { id: sessionId, userId: by.userId }),
    audited(ctx, by, { action, subjectType: 'session', subjectId: sessionId }),
    ...by.remember({}),
  ]);
  ctx.auth.revocations.announce(by.userId, { credentialId: sessionId });
}

/** Ends the session that a browser had until it got the next one. */
export async function endReplaced(
  ctx: AuthContext,
  principal: Principal | null,
  trace: Trace,
): Promise<void> {
  if (principal?.credential.kind !== 'session') return;
  const { userId, credential } = principal;
  const by: Actor = { userId, role: principal.role, trace, remember: () => [] };
  try {
    await endSession(ctx, by, { sessionId: credential.id });
  } catch (error) {
    // A new password has ended it already.
    if (!(error instanceof NotFoundError)) throw error;
  }
}

/** Ends every session but the one that asks. */
export async function endOtherSessions(ctx: AuthContext, by: Actor, exceptId: string | null): Promise<void> {
  await ctx.db.commit([
    deleteSessions(ctx.db.read, by.userId, exceptId),
    audited(ctx, by, { action: 'session.ended', subjectType: 'session', subjectId: 'all others' }),
    ...by.remember({}),
  ]);
  ctx.auth.revocations.announce(by.userId, { exceptId });
}

/**
 * Asks once more for the password before something that cannot be undone.
 * @throws NotSignedInError `wrong-password`, RateLimitedError.
 */
export async function confirmPassword(
  ctx: AuthContext,
  principal: Pick<Principal, 'userId'>,
  { password, ip }: { password: string; ip: string },
): Promise<UserRow> {
  const user = await findUser(ctx.db, principal.userId);
  if (!user) throw new NotSignedInError();
  await ctx.auth.throttle.attempt(user.username, ip);
  const { isRight } = await ctx.auth.passwords.verify(user.password_hash, password);
  if (!isRight) throw new NotSignedInError('The password is not right.');
  await ctx.auth.throttle.succeeded(user.username, ip);
  return user;
}

const UNKNOWN_NAMES = { subject: 'login', kind: 'unknown-names', windowMs: 60 * 60_000 } as const;

/**
 * A failed attempt on somebody's account is written down; of names that do not exist only how many were tried. Each is
 * one commit: how long it takes must not tell which it was.
 */
async function refuse(ctx: AuthContext, user: UserRow | undefined, trace: Trace): Promise<never> {
  const failed = { action: 'login.failed', subjectType: 'session', subjectId: '' };
  const told = user
    ? audited(ctx, { trace: { ...trace, actorId: null } }, { ...failed, userId: user.id })
    : addUsage(UNKNOWN_NAMES, 1, ctx.clock.wallNow());
  await ctx.db.commit([told]);
  throw new NotSignedInError('The name or the password is not right.');
}
