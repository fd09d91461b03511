import type { Trace } from '../context.ts';
import { isUniqueViolation } from '../db/database.ts';
import { audited } from '../db/queries/audit-log.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { findInvite, insertInvite, putRecoveryCode, takeInvite } from '../db/queries/recovery.ts';
import { findUserByName, type Role } from '../db/queries/users.ts';
import type { Write } from '../db/prepared.ts';
import { ConflictError, ForbiddenError } from '../errors.ts';
import { newSession, type AuthContext, type Visitor } from './sessions.ts';
import { hashCode, newCode } from './tokens.ts';

const DAY_MS = 86_400_000;
export const INVITE_LIFE_MS = 7 * DAY_MS;

export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly invite?: string | undefined;
}

/** What a new user is told once. */
export interface Registered {
  readonly userId: string;
  readonly sessionToken: string;
  /** Opens the account when the password is lost. */
  readonly recoveryCode: string;
}

/**
 * Makes a user and logs them in. An invitation may carry a role; without one everybody is a plain user.
 * @throws ForbiddenError `registration-closed` or `invite-needed`, ConflictError `name-taken`, InvalidInputError for a
 * password that everybody uses, AppError `busy`.
 */
export async function registerUser(
  ctx: AuthContext,
  { username, password, invite }: Registration,
  { visitor, trace }: { visitor: Visitor; trace: Trace },
): Promise<Registered> {
  const now = ctx.clock.wallNow();
  const invitation = invite === undefined ? undefined : await findInvite(ctx.db.read, hashCode(invite), now);
  assertWelcome(ctx.config.accounts.registration, { hasCode: invite !== undefined, isValid: !!invitation });
  await ctx.auth.passwords.assertUncommon(password, username);
  if (await findUserByName(ctx.db, username)) throw nameTaken(username);
  const hash = await ctx.auth.passwords.hash(password);
  const [userId, recoveryCode] = [ctx.newId(), newCode()];
  const session = newSession(ctx, userId, visitor);
  const role = invitation?.role ?? 'user';
  try {
    await ctx.db.commit([
      ...userRows(ctx, { userId, username, hash, role, recoveryCode }),
      ...(invitation ? [takeInvite(ctx.db.read, { id: invitation.id, userId, at: now })] : []),
      session.write,
      audited(
        ctx,
        { trace: { ...trace, actorId: userId } },
        { action: 'user.registered', subjectType: 'user', subjectId: userId, details: { username, role } },
      ),
    ]);
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(username);
    throw error;
  }
  return { userId, sessionToken: session.token, recoveryCode };
}

/** A one-time invitation; its code is told once. */
export function newInvite(
  { db, clock, newId }: Pick<AuthContext, 'db' | 'clock' | 'newId'>,
  { role, createdBy, lifeMs }: { role: Role; createdBy: string | null; lifeMs: number },
): { id: string; code: string; expiresAt: number; write: Write } {
  const [id, code, now] = [newId(), newCode(), clock.wallNow()];
  const expiresAt = now + lifeMs;
  const row = { id, role, created_by: createdBy, created_at: now, expires_at: expiresAt };
  const write = insertInvite(db.read, { ...row, code_hash: hashCode(code), used_by: null, used_at: null });
  return { id, code, expiresAt, write };
}

function assertWelcome(
  mode: 'open' | 'invite' | 'closed',
  { hasCode, isValid }: { hasCode: boolean; isValid: boolean },
): void {
  if (hasCode && !isValid)
    throw new ForbiddenError('invite-void', 'This invitation is not valid, was used, or is too old.');
  if (isValid || mode === 'open') return;
  if (mode === 'closed') throw new ForbiddenError('registration-closed', 'This arena takes no new users.');
  throw new ForbiddenError('invite-needed', 'This arena takes new users by invitation: enter your code.');
}

function userRows(
  { db, clock }: AuthContext,
  user: { userId: string; username: string; hash: string; role: Role; recoveryCode: string },
): Write[] {
  const now = clock.wallNow();
  return [
    insertRow(db.read, 'users', {
      id: user.userId,
      username: user.username,
      password_hash: user.hash,
      role: user.role,
      created_at: now,
      deleted_at: null,
    }),
    putRecoveryCode(db.read, {
      user_id: user.userId,
      code_hash: hashCode(user.recoveryCode),
      created_at: now,
    }),
  ];
}

function nameTaken(username: string): ConflictError {
  return new ConflictError('name-taken', `The name "${username}" is taken. Choose another.`);
}
