import { z } from 'zod';
import { timeSchema } from './common.ts';

export const roleSchema = z.enum(['viewer', 'user', 'moderator', 'admin']);
export type Role = z.infer<typeof roleSchema>;

/** Plain letters: names that only look alike would let people pass for each other. */
export const usernameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{1,30})[A-Za-z0-9]$/,
    '3 to 32 letters, digits, blanks, dots, dashes or underscores, with a letter or digit at both ends',
  );
export const passwordSchema = z
  .string()
  .min(8, 'at least 8 characters; 15 or more are best')
  .max(256, 'at most 256 characters');
const codeSchema = z.string().min(1).max(64);
const loginNameSchema = z.string().min(1).max(64);
/** Whatever is sent is only compared. */
const anyPasswordSchema = z.string().min(1).max(256);

export const registerBodySchema = z.strictObject({
  username: usernameSchema,
  password: passwordSchema,
  invite: codeSchema.optional(),
});
export const loginBodySchema = z.strictObject({
  username: loginNameSchema,
  password: anyPasswordSchema,
  /** Of the authenticator app, for those who use one. */
  code: codeSchema.optional(),
});
export const recoverBodySchema = z.strictObject({ username: loginNameSchema });
export const resetPasswordBodySchema = z.union([
  z.strictObject({ username: loginNameSchema, recoveryCode: codeSchema, password: passwordSchema }),
  z.strictObject({
    token: z.string().min(1).max(100),
    password: passwordSchema,
    /** Of the authenticator app, for those who use one: 401 `one-time-code-needed` asks for it. */
    code: codeSchema.optional(),
  }),
]);

/** Who is asking; null = nobody known. */
export const meSchema = z.object({
  user: z
    .object({
      id: z.string(),
      username: z.string(),
      role: roleSchema,
      email: z.string().nullable(),
      hasSecondFactor: z.boolean(),
      createdAt: timeSchema,
    })
    .nullable(),
  registration: z.enum(['open', 'invite', 'closed']),
  /** Whether lost passwords can be reset by mail. */
  hasMail: z.boolean(),
});
export type Me = z.infer<typeof meSchema>;

/** The session comes as a cookie; its token is in no answer. */
export const loggedInSchema = z.object({ user: z.object({ id: z.string(), username: z.string() }) });
/** The recovery code is shown this once. */
export const registeredSchema = loggedInSchema.extend({ recoveryCode: z.string() });

export const sessionSchema = z.object({
  id: z.string(),
  isCurrent: z.boolean(),
  ip: z.string(),
  userAgent: z.string(),
  createdAt: timeSchema,
  lastUsedAt: timeSchema,
  expiresAt: timeSchema,
});
export const sessionsResponseSchema = z.object({ items: z.array(sessionSchema) });

export const changePasswordBodySchema = z.strictObject({
  currentPassword: anyPasswordSchema,
  password: passwordSchema,
});
export const confirmedBodySchema = z.strictObject({ password: anyPasswordSchema });
export const updateAccountBodySchema = z.strictObject({
  /** Where links to reset the password go; null = nowhere. */
  email: z.email().max(254).nullable(),
  password: anyPasswordSchema,
});
export const deleteAccountBodySchema = z.strictObject({
  password: anyPasswordSchema,
  /** The user name, typed once more. */
  confirm: z.string().max(64),
});
export const recoveryCodeSchema = z.object({
  /** null when this answer is given again. */
  recoveryCode: z.string().nullable(),
});

export const secondFactorSchema = z.object({
  /** For the authenticator app, as text. */
  secret: z.string(),
  /** The same as an otpauth address. */
  uri: z.string(),
});
export const oneTimeCodeBodySchema = z.strictObject({ code: codeSchema });

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The key's first characters. */
  prefix: z.string(),
  scope: z.enum(['read', 'trade']),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  expiresAt: timeSchema.nullable(),
});
export const apiKeysResponseSchema = z.object({ items: z.array(apiKeySchema) });
export const createApiKeyBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(64),
  scope: z.enum(['read', 'trade']),
  expiresAt: timeSchema.nullable().default(null),
});
export const createdApiKeySchema = apiKeySchema.extend({
  /** Shown this once; null when this answer is given again. */
  key: z.string().nullable(),
});

export const usageSchema = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      used: z.number(),
      limit: z.number(),
      /** When it begins anew; null = it is a stock, not a flow. */
      resetsAt: timeSchema.nullable(),
    }),
  ),
});
