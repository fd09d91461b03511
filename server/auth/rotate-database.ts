import type { Config } from '../config/config.ts';
import type { Secret } from '../config/secrets.ts';
import { openForCheck } from '../db/check/open-for-check.ts';
import { isBusy, type Db } from '../db/database.ts';
import { openSqlite } from '../db/dialects/sqlite.ts';
import { takeInstanceLock } from '../db/instance-lock.ts';
import { createMigrator } from '../db/migrator.ts';
import { StartupError } from '../errors.ts';
import { environmentHolder, keyFileHolder, type KeyHolder } from './key-holder.ts';
import { randomKey } from './key-file.ts';
import { rotateKey, type RotationReport } from './rotate-key.ts';

/** A busy server leaves gaps of milliseconds; this is for a move, or another rotation. */
const BUSY_LIMIT_MS = 30_000;

export interface DatabaseRotation {
  readonly path: string;
  readonly vault: Config['vault'];
  /** Goes with a master key of the configuration; null = the key file holds both. */
  readonly newMasterKey: Secret | null;
  readonly waitMs: number;
  readonly pid: number;
  readonly now: () => number;
}

/**
 * Rotates the master key of a database file. With a key file a server may be running; it takes the new key over. The
 * environment of a running server cannot change, so with MASTER_KEY it must be stopped.
 * @throws StartupError when it is refused or cannot be finished; what was done so far holds, and the next run goes on.
 */
export async function rotateDatabaseKey(options: DatabaseRotation): Promise<RotationReport> {
  const holder = chooseHolder(options);
  await refuseStrange(options.path);
  const unlock = options.vault.masterKey === null ? null : lockOut(options);
  try {
    const db = openSqlite(options.path, { busyLimitMs: BUSY_LIMIT_MS });
    return await rotateAndClose(db, holder, options);
  } finally {
    unlock?.();
  }
}

async function rotateAndClose(db: Db, holder: KeyHolder, options: DatabaseRotation): Promise<RotationReport> {
  try {
    return await rotateKey({ db, holder, waitMs: options.waitMs, now: options.now });
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new StartupError(`Another program keeps ${options.path} to itself. Try again when it has ended.`, {
      cause: error,
    });
  } finally {
    await db.close();
  }
}

function chooseHolder({ vault, newMasterKey }: DatabaseRotation): KeyHolder {
  const { masterKey, keyFile } = vault;
  if (masterKey !== null && newMasterKey !== null) return environmentHolder(masterKey, newMasterKey);
  if (masterKey === null && newMasterKey === null) return keyFileHolder(keyFile);
  if (masterKey === null)
    throw new StartupError(
      'NEW_MASTER_KEY goes with MASTER_KEY, which is not set; a key file needs neither.',
    );
  throw new StartupError(
    'The master key is set with MASTER_KEY, so its successor has to come from you: stop the arena, set NEW_MASTER_KEY, ' +
      'run this again, then start the arena with MASTER_KEY set to the new key. ' +
      `A key made just now, which nothing uses yet: ${randomKey().export().toString('base64')}`,
  );
}

function lockOut({ path, pid }: DatabaseRotation): () => void {
  try {
    return takeInstanceLock(path, pid);
  } catch (cause) {
    throw new StartupError(
      `A server uses ${path}. Stop it first: its MASTER_KEY cannot change while it runs.`,
      {
        cause,
      },
    );
  }
}

/** Nothing but an arena database with every table it has today. */
async function refuseStrange(path: string): Promise<void> {
  const { db, close } = await openForCheck(path);
  try {
    const migrations = await createMigrator(db).getMigrations();
    if (migrations.some(({ executedAt }) => executedAt === undefined))
      throw new StartupError(`${path} has the tables of an earlier version: start the arena on it once.`);
  } finally {
    await close();
  }
}
