import { sql, type Kysely } from 'kysely';
import { FileMigrationProvider, Migrator, type MigrationResultSet } from 'kysely/migration';
import BetterSqlite3 from 'better-sqlite3';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { StartupError } from '../errors.ts';
import { kyselyOn, StatementCache } from './dialects/sqlite-driver.ts';
import { ensurePrivateFile } from './private-file.ts';
import type { Database } from './schema/index.ts';

const MIGRATIONS_DIR = path.join(import.meta.dirname, '..', '..', 'migrations');

export interface MigrationReport {
  readonly applied: readonly string[];
  /** Where the database was copied to before it was changed; null when it was new or up to date. */
  readonly backupPath: string | null;
}

export function createMigrator(db: Kysely<Database>): Migrator {
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: MIGRATIONS_DIR }),
  });
}

/**
 * Brings a database file to the present schema. An existing one is first copied beside itself and the copy verified.
 * @throws StartupError for a legacy file, another program's file, a file of a later version, or a migration that fails.
 */
export async function migrateToLatest(databasePath: string, stamp: string): Promise<MigrationReport> {
  ensurePrivateFile(databasePath);
  const handle = new BetterSqlite3(databasePath, { timeout: 5000 });
  const db = kyselyOn(new StatementCache(handle));
  try {
    await refuseForeign(db, databasePath);
    const pending = await pendingMigrations(db);
    if (pending.length === 0) return { applied: [], backupPath: null };
    // Only now: a file that is refused stays byte for byte as it was.
    handle.pragma('journal_mode = WAL');
    handle.pragma('synchronous = FULL');
    handle.pragma('foreign_keys = ON');
    const backupPath = (await isNew(db)) ? null : await backUp(handle, `${databasePath}.before-${stamp}.db`);
    assertMigrated(await createMigrator(db).migrateToLatest());
    return { applied: pending, backupPath };
  } finally {
    await db.destroy();
    if (handle.open) handle.close();
  }
}

async function listTables(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(
    db,
  );
  return rows.map((row) => row.name);
}

async function refuseForeign(db: Kysely<Database>, databasePath: string): Promise<void> {
  const tables = await listTables(db).catch((cause: unknown) => {
    throw new StartupError(
      `${databasePath} cannot be read as an SQLite database. Set DATABASE_URL to another file.`,
      { cause },
    );
  });
  if (tables.includes('kysely_migration') || tables.length === 0) return;
  if (!tables.includes('arena_state'))
    throw new StartupError(
      `${databasePath} is a database of another program. Set DATABASE_URL to another file.`,
    );
  throw new StartupError(
    `${databasePath} is a database of the old server. Move it into tables first: node scripts/migrate_state_to_tables.ts --from ${databasePath}`,
  );
}

async function isNew(db: Kysely<Database>): Promise<boolean> {
  const tables = await listTables(db);
  return !tables.some((name) => !name.startsWith('sqlite_') && !name.startsWith('kysely_'));
}

async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const tables = await listTables(db);
  const known = await createMigrator(db).getMigrations();
  if (!tables.includes('kysely_migration')) return known.map((migration) => migration.name);
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = rows
    .map((row) => row.name)
    .filter((name) => !known.some((migration) => migration.name === name));
  if (unknown.length > 0)
    throw new StartupError(
      `This database was written by a later version of the arena (${unknown.join(', ')}). Update the arena.`,
    );
  return known.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

async function backUp(handle: BetterSqlite3.Database, backupPath: string): Promise<string> {
  ensurePrivateFile(backupPath);
  await handle.backup(backupPath);
  const copy = new BetterSqlite3(backupPath, { readonly: true });
  const verdict = copy.pragma('integrity_check', { simple: true });
  copy.close();
  if (verdict !== 'ok')
    throw new StartupError(
      `The backup ${backupPath} is not intact (${String(verdict)}); nothing was changed.`,
    );
  return backupPath;
}

function assertMigrated({ error, results }: MigrationResultSet): void {
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown';
  throw new StartupError(
    `Migration ${failed} failed: ${error instanceof Error ? error.message : 'unknown error'}`,
    { cause: error },
  );
}
