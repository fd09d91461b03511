import type { Generated } from 'kysely';

export interface UsersTable {
  id: string;
  username: string;
  password_hash: string | null;
  role: 'viewer' | 'user' | 'moderator' | 'admin';
  is_house: Generated<number>;
  is_active: Generated<number>;
  created_at: number;
  deleted_at: number | null;
  email: Generated<string | null>;
  is_name_hidden: Generated<number>;
  /** What models may cost a day (UTC) for all of the user's bots together; null = no limit. */
  daily_budget_micros: Generated<number | null>;
}
