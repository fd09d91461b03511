import BetterSqlite3 from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { StartupError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { kyselyOn, StatementCache } from '../dialects/sqlite-driver.ts';
import { addFunctions } from '../dialects/sqlite-functions.ts';

/**
 * Opens a database file for reading, at one instant, and leaves no file behind.
 * @throws StartupError when there is no such file or it is not an arena database.
 */
export async function openForCheck(path: string): Promise<{ db: Reader; close: () => Promise<void> }> {
  if (!existsSync(path)) throw new StartupError(`There is no file ${path}.`);
  const wasOpen = existsSync(`${path}-wal`);
  const handle = openReadOnly(path);
  addFunctions(handle);
  const db = kyselyOn(new StatementCache(handle));
  const close = async () => {
    await db.destroy();
    if (handle.open) handle.close();
    if (!wasOpen) removeEmptyWal(path);
  };
  try {
    refuseOthers(handle, path);
    // One transaction for every read: a server that goes on writing is not seen halfway.
    handle.exec('begin');
    return { db, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openReadOnly(path: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  } catch (cause) {
    throw new StartupError(`${path} cannot be opened: ${messageOf(cause)}`, { cause });
  }
}

function refuseOthers(handle: BetterSqlite3.Database, path: string): void {
  const tables = new Set(listTables(handle, path));
  if (tables.has('kysely_migration') && tables.has('ledger_entries')) return;
  if (tables.has('arena_state'))
    throw new StartupError(
      `${path} is a database of the old server. Move it into tables first: node scripts/migrate_state_to_tables.ts --from ${path}`,
    );
  throw new StartupError(`${path} is not an arena database.`);
}

function listTables(handle: BetterSqlite3.Database, path: string): unknown[] {
  try {
    return handle.prepare(`select name from sqlite_master where type = 'table'`).pluck().all();
  } catch (cause) {
    throw new StartupError(`${path} is not an arena database: ${messageOf(cause)}`, { cause });
  }
}

/** A read-only connection leaves the -wal and -shm it had to make; SQLite removes them itself when the last writer goes. */
function removeEmptyWal(path: string): void {
  if (!existsSync(`${path}-wal`)) return;
  const handle = new BetterSqlite3(path, { fileMustExist: true });
  handle.pragma('schema_version');
  handle.close();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
