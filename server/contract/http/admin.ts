import { z } from 'zod';
import { roleSchema } from './auth.ts';
import { pageSchema, timeQuerySchema, timeSchema } from './common.ts';

export const userSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    role: roleSchema,
    isHouse: z.boolean(),
    isActive: z.boolean(),
    /** Its name is replaced by a neutral one wherever strangers see it. */
    isNameHidden: z.boolean(),
    botCount: z.int(),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof userSchema>;
export const usersQuerySchema = z.object({
  q: z.string().trim().max(100).default(''),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export const usersResponseSchema = pageSchema(userSchema);
export const updateUserBodySchema = z
  .strictObject({ role: roleSchema, isActive: z.boolean() })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'name at least one thing to change');
export const hideNameBodySchema = z.strictObject({ isNameHidden: z.boolean() });
export const confirmNameBodySchema = z.strictObject({
  /** The name, typed once more. */
  confirm: z.string().max(64),
});

export const inviteSchema = z.object({
  id: z.string(),
  role: roleSchema,
  createdAt: timeSchema,
  expiresAt: timeSchema,
  usedAt: timeSchema.nullable(),
});
export const invitesResponseSchema = z.object({ items: z.array(inviteSchema) });
export const createInviteBodySchema = z.strictObject({ role: roleSchema.default('user') });
export const createdInviteSchema = inviteSchema.extend({
  /** Shown this once; null when this answer is given again. */
  code: z.string().nullable(),
});

export const settingSchema = z
  .object({
    key: z.string(),
    category: z.enum(['trading', 'timing', 'quotas']),
    type: z.enum(['integer', 'number']),
    value: z.number(),
    defaultValue: z.number(),
    least: z.number(),
    most: z.number(),
    unit: z.string(),
    description: z.string(),
    updatedAt: timeSchema,
  })
  .meta({ id: 'Setting' });
export type SettingView = z.infer<typeof settingSchema>;
export const settingsResponseSchema = z.object({ items: z.array(settingSchema) });
export const updateSettingBodySchema = z.strictObject({ value: z.number() });

export const auditEntrySchema = z
  .object({
    id: z.int(),
    action: z.string(),
    /** Who did it; null = the arena itself. */
    actorId: z.string().nullable(),
    /** Whom it concerns. */
    userId: z.string().nullable(),
    subjectType: z.string(),
    subjectId: z.string(),
    details: z.record(z.string(), z.unknown()),
    ip: z.string().nullable(),
    requestId: z.string().nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.infer<typeof auditEntrySchema>;
export const auditQuerySchema = z.object({
  userId: z.string().max(64).optional(),
  actorId: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
  from: timeQuerySchema.optional(),
  to: timeQuerySchema.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const ownAuditQuerySchema = auditQuerySchema.omit({ userId: true, actorId: true });
export const auditResponseSchema = pageSchema(auditEntrySchema);

/** Rows that no longer belong to anything that is shown. */
export const orphansResponseSchema = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      description: z.string(),
      count: z.int(),
      /** Up to 20 of them. */
      sample: z.array(z.object({ id: z.string(), note: z.string() })),
    }),
  ),
});
export const demoRemovedSchema = z.object({ users: z.int(), bots: z.int() });
