import type { Generated } from 'kysely';

/** Secrets of one-time codes, sealed by the vault. */
export interface SecondFactorsTable {
  user_id: string;
  secret_encrypted: string;
  /** null until the first right code. */
  confirmed_at: number | null;
  /** The time step of the last code used, so that none is used twice. */
  last_step: Generated<number>;
  created_at: number;
}
