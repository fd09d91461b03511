import BetterSqlite3 from 'better-sqlite3';
import { existsSync, rmSync, statSync } from 'node:fs';
import { isBusy } from '../db/database.ts';
import { StartupError } from '../errors.ts';

/** A database opened to read only, and the way to close it with nothing left beside it. */
export interface ReadOnly {
  readonly handle: BetterSqlite3.Database;
  readonly close: () => void;
}

/** Whoever only reads a database leaves an empty log beside it; where there was none, it goes again. */
export function openReadOnly(path: string): ReadOnly {
  const hadLog = existsSync(`${path}-wal`);
  const handle = open(path, { readonly: true });
  return {
    handle,
    close() {
      handle.close();
      if (!hadLog) for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    },
  };
}

function open(path: string, options: { readonly?: boolean; timeout?: number }): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(path, { ...options, fileMustExist: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export async function reading<T>(
  path: string,
  run: (handle: BetterSqlite3.Database) => T | Promise<T>,
): Promise<T> {
  const { handle, close } = openReadOnly(path);
  try {
    return await run(handle);
  } finally {
    close();
  }
}

/**
 * In WAL mode whoever has a database open holds a lock that nobody else can have alone. Where a log has content this is
 * not tried: letting go of such a lock writes the log into the file, and a server that broke down leaves one, too.
 * @throws StartupError when another program has the database open.
 */
export function refuseIfOpen(path: string): void {
  const log = `${path}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return;
  const handle = open(path, { timeout: 0 });
  try {
    handle.pragma('locking_mode = EXCLUSIVE');
    handle.prepare('select 1 from sqlite_master').get();
  } catch (cause) {
    throw isBusy(cause) ? openElsewhere(path, cause) : unreadable(path, cause);
  } finally {
    handle.close();
  }
}

export function openElsewhere(path: string, cause: unknown): StartupError {
  return new StartupError(
    `${path} is open in another program: stop the server that uses it and try again. Nothing was changed.`,
    { cause },
  );
}

export function unreadable(path: string, cause: unknown): StartupError {
  return new StartupError(`${path} cannot be read as an SQLite database. Nothing was changed.`, { cause });
}
