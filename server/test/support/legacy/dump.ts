import { createHash } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';

/** Every table's definition, number of rows, and a hash of its rows in order. */
export type LegacyDump = Readonly<
  Record<string, { readonly sql: string; readonly rows: number; readonly hash: string }>
>;

export function dumpLegacyDatabase(path: string): LegacyDump {
  const db = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  try {
    const tables = db
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    return Object.fromEntries(tables.map(({ name, sql }) => [name, { sql, ...digestRows(db, name) }]));
  } finally {
    db.close();
  }
}

function digestRows(db: BetterSqlite3.Database, table: string): { rows: number; hash: string } {
  const hash = createHash('sha256');
  let rows = 0;
  for (const row of db.prepare(`SELECT rowid AS legacy_rowid, * FROM ${table} ORDER BY rowid`).iterate()) {
    hash.update(`${JSON.stringify(row)}\n`);
    rows += 1;
  }
  return { rows, hash: hash.digest('hex') };
}
