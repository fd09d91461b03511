import type { UsersTable } from './users.ts';

export interface InvitesTable {
  id: string;
  code_hash: string;
  role: UsersTable['role'];
  /** null = made on the command line or at the first start. */
  created_by: string | null;
  created_at: number;
  expires_at: number;
  used_by: string | null;
  used_at: number | null;
}
