import { Secret, TOTP } from 'otpauth';
import type { Actor } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { Write } from '../db/prepared.ts';
import {
  deleteSecondFactor,
  findSecondFactor,
  putSecondFactor,
  useSecondFactor,
} from '../db/queries/recovery.ts';
import { AppError, ConflictError, InvalidInputError } from '../errors.ts';
import type { AuthContext } from './sessions.ts';

const ISSUER = 'arena';
const SECRET_BYTES = 20;
const PERIOD_S = 30;
/** As the app shows it. */
const CODE = /^\d{6}$/;
/** A clock may be off by one step, either way. */
const WINDOW = 1;

/** The right password came without the one-time code that this account asks for. */
export class OneTimeCodeNeededError extends AppError {
  override name = 'OneTimeCodeNeededError';
  constructor() {
    super('one-time-code-needed', 'Enter the code of your authenticator app, too.');
  }
}

/** Prepares a second factor: it counts from the first right code on. @throws ConflictError `second-factor-on`. */
export async function prepareSecondFactor(
  ctx: AuthContext,
  by: Actor,
  username: string,
): Promise<{ secret: string; uri: string }> {
  const known = await findSecondFactor(ctx.db.read, by.userId);
  if (known?.confirmed_at != null)
    throw new ConflictError('second-factor-on', 'One-time codes are on already. Turn them off first.');
  const secret = new Secret({ size: SECRET_BYTES });
  const { sealed, writes } = ctx.vault.seal(placeOf(by.userId), secret.base32);
  await ctx.db.commit([
    ...writes,
    putSecondFactor(ctx.db.read, {
      user_id: by.userId,
      secret_encrypted: sealed,
      confirmed_at: null,
      created_at: ctx.clock.wallNow(),
    }),
  ]);
  return { secret: secret.base32, uri: totpOf(secret.base32, username).toString() };
}

/** Turns the prepared factor on. @throws InvalidInputError for a wrong code. */
export async function confirmSecondFactor(ctx: AuthContext, by: Actor, code: string): Promise<void> {
  const use = await checkCode(ctx, by.userId, code);
  if (!use)
    throw new InvalidInputError(
      'This code is not right. Check the clock of your device, and take the code it shows now.',
    );
  await ctx.db.commit([use, audited(ctx, by, toggled(by, 'second-factor.on')), ...by.remember({})]);
}

export async function removeSecondFactor(ctx: AuthContext, by: Actor): Promise<void> {
  await ctx.db.commit([
    deleteSecondFactor(ctx.db.read, by.userId),
    audited(ctx, by, toggled(by, 'second-factor.off')),
    ...by.remember({}),
  ]);
}

/**
 * The write that uses up the code, for the transaction of the login; nothing for users without a second factor.
 * @returns null for a wrong code. @throws OneTimeCodeNeededError
 */
export async function checkSecondFactor(
  ctx: AuthContext,
  userId: string,
  code: string | undefined,
): Promise<Write[] | null> {
  const factor = await findSecondFactor(ctx.db.read, userId);
  if (!factor || factor.confirmed_at === null) return [];
  if (code === undefined) throw new OneTimeCodeNeededError();
  const use = await checkCode(ctx, userId, code);
  return use && [use];
}

/** null for a code that is wrong or was used. */
async function checkCode(ctx: AuthContext, userId: string, code: string): Promise<Write | null> {
  const factor = await findSecondFactor(ctx.db.read, userId);
  const token = code.replaceAll(' ', '');
  // Six letters that are longer as bytes are nothing that the comparison takes.
  if (!factor || !CODE.test(token)) return null;
  const totp = totpOf(ctx.vault.open(placeOf(userId), factor.secret_encrypted), userId);
  const now = ctx.clock.wallNow();
  const delta = totp.validate({ token, timestamp: now, window: WINDOW });
  if (delta === null) return null;
  const step = totp.counter({ timestamp: now }) + delta;
  return step > factor.last_step ? useSecondFactor(ctx.db.read, { userId, step, at: now }) : null;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD_S });
}

function placeOf(userId: string) {
  return { table: 'second_factors', rowId: userId, userId, column: 'secret_encrypted' } as const;
}

function toggled(by: Actor, action: 'second-factor.on' | 'second-factor.off') {
  return { action, subjectType: 'user', subjectId: by.userId };
}
