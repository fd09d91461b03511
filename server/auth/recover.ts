import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Trace } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { deleteApiKeys } from '../db/queries/api-keys.ts';
import {
  deleteLegacyPhrase,
  deleteSecondFactor,
  findPasswordReset,
  findRecovery,
  insertPasswordReset,
  putRecoveryCode,
  replaceRecoveryCode,
  takePasswordReset,
} from '../db/queries/recovery.ts';
import { deleteSessions } from '../db/queries/sessions.ts';
import { findUser, findUserByName, updateUser, type UserRow } from '../db/queries/users.ts';
import type { Write } from '../db/prepared.ts';
import { NotSignedInError } from '../errors.ts';
import { checkSecondFactor } from './second-factor.ts';
import { newSession, type AuthContext, type Visitor } from './sessions.ts';
import { hashCode, hashToken, newCode, newToken } from './tokens.ts';

const LINK_LIFE_MS = 10 * 60_000;
/** Longer than it takes to make a link. */
const LINK_ANSWER_MS = 100;

interface Origin {
  readonly visitor: Visitor;
  readonly trace: Trace;
}

export interface Recovered {
  readonly user: { readonly id: string; readonly username: string };
  readonly sessionToken: string;
  /** The next one; the one that was used is void. */
  readonly recoveryCode: string;
}

/**
 * Changes the password of somebody who knows the present one (the caller has asked for it). Every other session ends;
 * API keys stay. @throws InvalidInputError, AppError `busy`.
 */
export async function changePassword(
  ctx: AuthContext,
  by: Actor,
  { password, username, sessionId }: { password: string; username: string; sessionId: string | null },
): Promise<void> {
  await ctx.auth.passwords.assertUncommon(password, username);
  const hash = await ctx.auth.passwords.hash(password);
  await ctx.db.commit([
    updateUser(ctx.db.read, by.userId, { password_hash: hash }),
    deleteSessions(ctx.db.read, by.userId, sessionId),
    audited(ctx, by, { ...userOf(by.userId), action: 'password.changed' }),
    ...by.remember({}),
  ]);
  ctx.auth.revocations.announce(by.userId, { exceptId: sessionId });
}

/** Gives a user a new recovery code; the one before is void. @returns it; it is told once. */
export async function renewRecoveryCode(ctx: AuthContext, by: Actor): Promise<string> {
  const code = newCode();
  await ctx.db.commit([
    putRecoveryCode(ctx.db.read, {
      user_id: by.userId,
      code_hash: hashCode(code),
      created_at: ctx.clock.wallNow(),
    }),
    deleteLegacyPhrase(ctx.db.read, by.userId),
    audited(ctx, by, { ...userOf(by.userId), action: 'recovery-code.renewed' }),
    ...by.remember({}),
  ]);
  return code;
}

/**
 * Sets a new password with the recovery code. All sessions, API keys and one-time codes end; the code is replaced.
 * @throws NotSignedInError whatever is wrong, RateLimitedError.
 */
export async function resetWithCode(
  ctx: AuthContext,
  { username, code, password }: { username: string; code: string; password: string },
  origin: Origin,
): Promise<Recovered> {
  await ctx.auth.throttle.attempt(username, origin.visitor.ip);
  await ctx.auth.passwords.assertUncommon(password, username);
  const user = await findUserByName(ctx.db, username);
  const use = await useCode(ctx, user, code);
  if (!user || !use || user.is_active === 0)
    throw new NotSignedInError('The name or the recovery code is not right.');
  await ctx.auth.throttle.succeeded(username, origin.visitor.ip);
  return await reset(ctx, user, { password, origin, used: use.writes, nextCode: use.nextCode });
}

/** Mails a link to a user who has an address. Says nothing of whether there is one, nor does the time it takes. */
export async function mailResetLink(
  ctx: AuthContext,
  username: string,
  { visitor, trace }: Origin,
): Promise<void> {
  await ctx.auth.throttle.attempt(username, visitor.ip);
  await Promise.all([sendLink(ctx, username, trace), sleep(LINK_ANSWER_MS)]);
}

async function sendLink(ctx: AuthContext, username: string, trace: Trace): Promise<void> {
  const user = await findUserByName(ctx.db, username);
  if (!user || user.email === null || user.is_active === 0 || !ctx.auth.mailer) return;
  const [token, now] = [newToken('arr'), ctx.clock.wallNow()];
  await ctx.db.commit([
    insertPasswordReset(ctx.db.read, {
      token_hash: hashToken(token),
      user_id: user.id,
      created_at: now,
      expires_at: now + LINK_LIFE_MS,
    }),
    audited(ctx, { trace }, { ...userOf(user.id), action: 'password.link-sent' }),
  ]);
  const { publicUrl, host, port } = ctx.config.http;
  const link = `${publicUrl ?? `http://${host}:${port}`}/recover#token=${token}`;
  ctx.auth.mailer.send({
    to: user.email,
    subject: 'A new password for your arena account',
    text: `Somebody, you we hope, asked for a new password for "${user.username}".\n\nWithin ten minutes, open ${link}\n\nIf it was not you, do nothing: your password stays as it is.\n`,
  });
}

/**
 * Sets a new password with a mailed link. One-time codes stay on, and whoever uses them needs one here, too: a mailbox
 * alone opens no account that has a second factor.
 * @throws NotSignedInError for a link that is void or a wrong code, OneTimeCodeNeededError, RateLimitedError.
 */
export async function resetWithLink(
  ctx: AuthContext,
  { token, password, code }: { token: string; password: string; code?: string | undefined },
  origin: Origin,
): Promise<Recovered> {
  await ctx.auth.throttle.attempt('a mailed link', origin.visitor.ip);
  const tokenHash = hashToken(token);
  const found = await findPasswordReset(ctx.db.read, tokenHash, ctx.clock.wallNow());
  const user = found && (await findUser(ctx.db, found.user_id));
  if (!user || user.is_active === 0)
    throw new NotSignedInError('This link is not valid any more. Ask for a new one.');
  await ctx.auth.passwords.assertUncommon(password, user.username);
  if (code !== undefined) await ctx.auth.throttle.attempt(user.username, origin.visitor.ip);
  const factor = await checkSecondFactor(ctx, user.id, code);
  if (!factor) throw new NotSignedInError('The one-time code is not right.');
  const nextCode = newCode();
  const used = [
    ...factor,
    ...takePasswordReset(ctx.db.read, { tokenHash, userId: user.id }),
    putRecoveryCode(ctx.db.read, {
      user_id: user.id,
      code_hash: hashCode(nextCode),
      created_at: ctx.clock.wallNow(),
    }),
  ];
  return await reset(ctx, user, { password, origin, used, nextCode });
}

async function reset(
  ctx: AuthContext,
  user: UserRow,
  change: { password: string; origin: Origin; used: readonly Write[]; nextCode: string },
): Promise<Recovered> {
  const hash = await ctx.auth.passwords.hash(change.password);
  const session = newSession(ctx, user.id, change.origin.visitor);
  await ctx.db.commit([
    ...change.used,
    updateUser(ctx.db.read, user.id, { password_hash: hash }),
    deleteSessions(ctx.db.read, user.id),
    deleteApiKeys(ctx.db.read, user.id),
    session.write,
    audited(
      ctx,
      { trace: { ...change.origin.trace, actorId: user.id } },
      { ...userOf(user.id), action: 'password.reset' },
    ),
  ]);
  ctx.auth.revocations.announce(user.id, { exceptId: session.id });
  const { id, username } = user;
  return { user: { id, username }, sessionToken: session.token, recoveryCode: change.nextCode };
}

/** What using up the code writes; null when it is not the user's. */
async function useCode(
  ctx: AuthContext,
  user: UserRow | undefined,
  code: string,
): Promise<{ writes: Write[]; nextCode: string } | null> {
  const stored = user && (await findRecovery(ctx.db.read, user.id));
  const legacy = await ctx.auth.passwords.verify(stored?.legacyPhraseHash ?? null, code);
  const given = hashCode(code);
  const nextCode = newCode();
  const next = { to: hashCode(nextCode), at: ctx.clock.wallNow() };
  if (!user || !stored) return null;
  const factorOff = deleteSecondFactor(ctx.db.read, user.id);
  if (stored.codeHash !== null && isSame(stored.codeHash, given)) {
    const write = replaceRecoveryCode(ctx.db.read, { userId: user.id, from: given, ...next });
    return { writes: [write, factorOff], nextCode };
  }
  if (!legacy.isRight) return null;
  const put = putRecoveryCode(ctx.db.read, { user_id: user.id, code_hash: next.to, created_at: next.at });
  return { writes: [put, deleteLegacyPhrase(ctx.db.read, user.id), factorOff], nextCode };
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function userOf(id: string) {
  return { userId: id, subjectType: 'user', subjectId: id };
}
