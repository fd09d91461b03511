import type { Generated } from 'kysely';

/** Moves of a legacy database into this one. */
export interface MigrationRunsTable {
  id: Generated<number>;
  /** Of what was read; the same source is moved once. */
  fingerprint: string;
  report_json: string;
  finished_at: number;
}
