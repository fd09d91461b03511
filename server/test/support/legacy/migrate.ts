import BetterSqlite3 from 'better-sqlite3';
import { migrateLegacy, type LegacyOptions } from '../../../legacy/migrate-legacy.ts';
import type { LegacyReport } from '../../../legacy/report.ts';
import { masterKeyOf } from '../master-key.ts';

/** A day after the made arenas end. */
export const LEGACY_NOW = Date.UTC(2026, 10, 2);

/** Moves a legacy database as the script does, in place unless `to` says otherwise. */
export async function migrate(from: string, part: Partial<LegacyOptions> = {}): Promise<LegacyReport> {
  return await migrateLegacy({
    from,
    to: from,
    isDryRun: false,
    isForced: false,
    legacyKey: null,
    masterKey: () => masterKeyOf(1),
    providerTypes: new Set(['house']),
    pid: process.pid,
    now: () => LEGACY_NOW,
    onProgress: () => undefined,
    ...part,
  });
}

/** What a query of a database file gives. */
export function all<Row>(file: string, text: string): Row[] {
  const db = new BetterSqlite3(file, { readonly: true });
  try {
    return db.prepare(text).all() as Row[];
  } finally {
    db.close();
  }
}
