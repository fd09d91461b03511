import type { AppContext } from '../context.ts';
import { findApiKeyById } from '../db/queries/api-keys.ts';
import { findSessionById } from '../db/queries/sessions.ts';
import { isOver, type Principal } from './sessions.ts';

/**
 * What has become of the credential with which somebody came: it may have run out, been taken back, or belong to a user
 * who is switched off or gone. A user whose role is another one now has to come again, too.
 */
export type CredentialState = 'good' | 'expired' | 'revoked' | 'disabled';

/** Asks by id, so that a session goes on when its token is replaced, and being asked for does not count as a use. */
export async function credentialState(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  { role, credential }: Pick<Principal, 'role' | 'credential'>,
): Promise<CredentialState> {
  const now = clock.wallNow();
  if (credential.kind === 'session') {
    const row = await findSessionById(db, credential.id);
    return row ? stateOf(row, role, isOver(row, now)) : 'revoked';
  }
  const row = await findApiKeyById(db, credential.id);
  return row ? stateOf(row, role, row.expires_at !== null && row.expires_at <= now) : 'revoked';
}

function stateOf(
  row: { readonly role: string; readonly is_active: number; readonly deleted_at: number | null },
  role: Principal['role'],
  isExpired: boolean,
): CredentialState {
  if (row.is_active === 0 || row.deleted_at !== null) return 'disabled';
  if (isExpired) return 'expired';
  return row.role === role ? 'good' : 'revoked';
}
