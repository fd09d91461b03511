import type { Generated } from 'kysely';

/** Records of a legacy database that are intact, but of no use here: derived figures, settings, sealed secrets. */
export interface LegacyArchiveTable {
  id: Generated<number>;
  source_path: string;
  json: string;
  note: string;
}
