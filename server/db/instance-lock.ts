import BetterSqlite3 from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { StartupError } from '../errors.ts';
import { isBusy } from './database.ts';

/**
 * One server per database file. The lock is the operating system's, on a file of its own, so that it ends with the
 * process however that ends; the pid beside it is only for the message.
 * @returns the way to let go.
 * @throws StartupError when another server holds it, with that server's pid.
 */
export function takeInstanceLock(databasePath: string, pid: number): () => void {
  const lock = openLock(databasePath);
  const pidPath = `${databasePath}.pid`;
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw new StartupError(`Could not lock ${databasePath}: ${String(cause)}`, { cause });
    throw new StartupError(
      `Another arena server (pid ${readPid(pidPath)}) is using ${databasePath}. Stop it, or set DATABASE_URL to another file.`,
      { cause },
    );
  }
  writeFileSync(pidPath, `${pid}\n`);
  return () => {
    lock.exec('rollback');
    lock.close();
  };
}

function openLock(databasePath: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(`${databasePath}.lock-db`, { timeout: 0 });
  } catch (cause) {
    throw new StartupError(
      `Could not create files beside ${databasePath}: its folder is missing or cannot be written. Create it, or set DATABASE_URL to another path.`,
      { cause },
    );
  }
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    // The holder is between taking the lock and writing its pid.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'unknown';
    throw error;
  }
}
