import type { Actor } from '../context.ts';
import { deleteApiKey, holdApiKeyLimit, insertApiKey } from '../db/queries/api-keys.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { AuthContext } from './sessions.ts';
import { hashToken, newToken } from './tokens.ts';

const MOST_KEYS = 20;
const PREFIX_LENGTH = 10;

export interface NewApiKey {
  readonly name: string;
  /** `read` sees what its owner sees; `trade` may also run the owner's bots. Neither touches the account. */
  readonly scope: 'read' | 'trade';
  /** Wall clock, epoch ms; null = until it is deleted. */
  readonly expiresAt: number | null;
}

/** @returns the key, which is told once, and its id. @throws ConflictError `too-many-keys`. */
export async function createApiKey(
  ctx: AuthContext,
  by: Actor,
  { name, scope, expiresAt }: NewApiKey,
): Promise<{ id: string; key: string }> {
  const [id, key] = [ctx.newId(), newToken('ark')];
  await ctx.db.commit([
    holdApiKeyLimit(ctx.db.read, { userId: by.userId, limit: MOST_KEYS }),
    insertApiKey(ctx.db.read, {
      id,
      user_id: by.userId,
      name,
      prefix: key.slice(0, PREFIX_LENGTH),
      key_hash: hashToken(key),
      scope,
      created_at: ctx.clock.wallNow(),
      last_used_at: null,
      expires_at: expiresAt,
    }),
    audited(ctx, by, {
      action: 'api-key.created',
      subjectType: 'api-key',
      subjectId: id,
      details: { name, scope, expiresAt },
    }),
    ...by.remember({ id }),
  ]);
  return { id, key };
}

/** @throws NotFoundError */
export async function removeApiKey(ctx: AuthContext, by: Actor, id: string): Promise<void> {
  await ctx.db.commit([
    deleteApiKey(ctx.db.read, { id, userId: by.userId }),
    audited(ctx, by, { action: 'api-key.deleted', subjectType: 'api-key', subjectId: id }),
    ...by.remember({}),
  ]);
  ctx.auth.revocations.announce(by.userId, { credentialId: id });
}
