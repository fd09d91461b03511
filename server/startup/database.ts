import type { DatabaseCheck } from '../arena/check-health.ts';
import type { Config } from '../config/config.ts';
import { checkInBackground } from '../db/check/in-background.ts';
import type { Db } from '../db/database.ts';
import { openSqlite } from '../db/dialects/sqlite.ts';
import { takeInstanceLock } from '../db/instance-lock.ts';
import { migrateToLatest } from '../db/migrator.ts';
import type { Basis } from './basis.ts';

/** Locks the file, brings it to the present schema (an existing one is copied first) and opens it. */
export async function openDatabase(
  config: Config,
  { overrides, lifecycle, log, wallNow }: Basis,
): Promise<Db> {
  const { path } = config.database;
  lifecycle.defer('instance lock', takeInstanceLock(path, config.instance.pid));
  const stamp = new Date(wallNow()).toISOString().replaceAll(/[:.]/g, '-');
  const { applied, backupPath } = await migrateToLatest(path, stamp);
  if (backupPath !== null) log.info({ backupPath, applied }, 'database copied before it was changed');
  const opened = openSqlite(path);
  lifecycle.defer('database', () => opened.close());
  return overrides.wrapDb?.(opened) ?? opened;
}

/** The full check runs beside the arena; /health shows its verdict. */
export function watchBooks(check: DatabaseCheck, db: Db, { lifecycle, log, wallNow }: Basis): void {
  const abort = new AbortController();
  lifecycle.defer('check', async () => {
    abort.abort();
    await check.stop();
  });
  check.start(async () => (await checkInBackground(db.path, abort.signal)).violations, {
    now: wallNow,
    log: log.child({ subsystem: 'check' }),
    signal: abort.signal,
  });
}
