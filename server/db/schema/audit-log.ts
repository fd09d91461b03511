import type { Generated } from 'kysely';

/** What was done, by whom, to what of whose; each row's hash covers the row and the hash before it. */
export interface AuditLogTable {
  id: Generated<number>;
  /** Whom it concerns. */
  user_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string;
  details_json: string;
  created_at: number;
  /** Who did it; null = the arena itself. */
  actor_id: Generated<string | null>;
  ip: Generated<string | null>;
  request_id: Generated<string | null>;
  /** null only in rows from before the chain. */
  hash: Generated<string | null>;
}
