import type { Actor, AppContext } from '../context.ts';
import { insertAuditEntry } from '../db/queries/audit-log.ts';
import type { Write } from '../db/prepared.ts';

export interface Deed {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Whom it concerns; who does it, unless said otherwise. */
  readonly userId?: string | null;
  /** Before and after, without secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The line of the audit log for something a user does, for the same commit. */
export function audited(
  { clock }: Pick<AppContext, 'clock'>,
  by: Pick<Actor, 'userId' | 'trace'>,
  { userId = by.userId, details = {}, ...deed }: Deed,
): Write {
  return insertAuditEntry({ ...by.trace, ...deed, userId, details, at: clock.wallNow() });
}
