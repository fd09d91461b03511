import type { Generated } from 'kysely';

export interface AuditLogTable {
  id: Generated<number>;
  user_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string;
  details_json: string;
  created_at: number;
}
