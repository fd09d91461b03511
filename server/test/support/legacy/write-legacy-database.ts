import { rmSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { LEGACY_TABLES } from './old-tables.ts';

export type Cell = string | number | bigint | Buffer | null;
/** Columns left out get their defaults. */
export type LegacyRow = Readonly<Record<string, Cell>>;

export interface LegacySpec {
  /** What the blob holds: written as JSON into row 1 of `arena_state`. Left out: no row from here. */
  readonly state?: unknown;
  /** `arena_state.updated_at` of that row. */
  readonly updatedAt?: Cell;
  /** Rows by table, tables in order of creation. A table left out does not exist; one the old server never had may. */
  readonly tables: Readonly<Record<string, readonly LegacyRow[]>>;
  /** Column definitions of tables that differ from `LEGACY_TABLES`, or are not in it. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

export interface WriteOptions {
  /** The old server runs on WAL; `delete` leaves a file that a read-only folder can hold. */
  readonly journalMode?: 'wal' | 'delete';
}

/** Writes a database as the old server leaves it, over whatever is at `path`. */
export function writeLegacyDatabase(path: string, spec: LegacySpec, options: WriteOptions = {}): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  const db = new BetterSqlite3(path);
  try {
    db.pragma(`journal_mode = ${options.journalMode ?? 'wal'}`);
    // Children of unknown parents are what a spec may want.
    db.pragma('foreign_keys = off');
    db.transaction(() => writeTables(db, spec))();
  } finally {
    db.close();
  }
}

function writeTables(db: BetterSqlite3.Database, spec: LegacySpec): void {
  for (const [table, rows] of Object.entries(tablesOf(spec))) {
    db.exec(`CREATE TABLE ${table} (${columnsOf(spec, table).join(', ')})`);
    insertRows(db, table, rows);
  }
}

function tablesOf({ state, updatedAt, tables }: LegacySpec): LegacySpec['tables'] {
  if (state === undefined) return tables;
  const row = { id: 1, state: JSON.stringify(state), updated_at: updatedAt ?? null };
  return { ...tables, arena_state: [row, ...(tables.arena_state ?? [])] };
}

function columnsOf(spec: LegacySpec, table: string): readonly string[] {
  const columns = spec.columns?.[table] ?? LEGACY_TABLES[table];
  if (!columns) throw new TypeError(`The spec has rows of ${table} and does not say its columns`);
  return columns;
}

function insertRows(db: BetterSqlite3.Database, table: string, rows: readonly LegacyRow[]): void {
  const statements = new Map<string, BetterSqlite3.Statement>();
  for (const row of rows) {
    const names = Object.keys(row);
    const key = names.join(', ');
    const marks = names.map(() => '?').join(', ');
    const statement = statements.get(key) ?? db.prepare(`INSERT INTO ${table} (${key}) VALUES (${marks})`);
    statements.set(key, statement);
    statement.run(...Object.values(row));
  }
}
