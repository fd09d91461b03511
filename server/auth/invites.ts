import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { deleteInvite, listInvites } from '../db/queries/recovery.ts';
import type { Role } from '../db/queries/users.ts';
import { INVITE_LIFE_MS, newInvite } from './register.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'newId'>;

const LISTED = 500;

/** Newest first, without their codes. */
export async function readInvites({ db }: Pick<Deps, 'db'>) {
  const rows = await listInvites(db.read, LISTED);
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  }));
}

/** @returns the code, which is told once, and the invitation's id. */
export async function createInvite(ctx: Deps, by: Actor, role: Role): Promise<{ id: string; code: string }> {
  const invite = newInvite(ctx, { role, createdBy: by.userId, lifeMs: INVITE_LIFE_MS });
  const { id, code, expiresAt } = invite;
  await ctx.db.commit([
    invite.write,
    audited(ctx, by, { ...inviteOf(id), action: 'invite.created', details: { role, expiresAt } }),
    ...by.remember({ id }),
  ]);
  return { id, code };
}

/** Voids an invitation that nobody has used. @throws NotFoundError */
export async function voidInvite(ctx: Deps, by: Actor, id: string): Promise<void> {
  await ctx.db.commit([
    deleteInvite(ctx.db.read, id),
    audited(ctx, by, { ...inviteOf(id), action: 'invite.deleted' }),
    ...by.remember({}),
  ]);
}

function inviteOf(id: string) {
  return { userId: null, subjectType: 'invite', subjectId: id };
}
