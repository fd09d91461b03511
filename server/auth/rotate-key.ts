import type { KeyObject } from 'node:crypto';
import type { Transaction } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Reader } from '../db/database.ts';
import { runWrite, type Write } from '../db/prepared.ts';
import { audited } from '../db/queries/audit-log.ts';
import {
  insertVaultKey,
  listVaultKeys,
  listVaultUserKeysToRewrap,
  retireVaultKey,
  rewrapVaultUserKey,
} from '../db/queries/vault.ts';
import type { Database } from '../db/schema/index.ts';
import type { VaultKeysTable } from '../db/schema/vault-keys.ts';
import type { VaultUserKeysTable } from '../db/schema/vault-user-keys.ts';
import { StaleWriteError, StartupError } from '../errors.ts';
import { randomKey } from './key-file.ts';
import type { KeyHolder } from './key-holder.ts';
import { matchVersions, newestVersion, unwrapDataKey, versionRow, wrapOf } from './key-versions.ts';
import { sealText, UnreadableSecretError } from './sealed-text.ts';

const ARENA = { trace: { actorId: null, ip: null, requestId: null } };

const BATCH = 100;
/** Longer than a server waits before it tries again to write. */
const PAUSE_MS = 12;

/** Where a rotation may be cut off; tests do. */
export type RotationStep = 'key-kept' | 'announced' | 'batch-rewrapped' | 'rewrapped' | 'retired' | 'removed';

export interface Rotation {
  readonly db: Db;
  readonly holder: KeyHolder;
  /** How long a running server has to take over the new version before the old one is retired. */
  readonly waitMs: number;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
  readonly onStep?: (step: RotationStep) => void;
}

export interface RotationReport {
  /** The version in use now. */
  readonly version: number;
  /** Data keys that it wraps because of this run. */
  readonly rewrapped: number;
  /** An earlier run was cut off, and this one finished it. */
  readonly isResumed: boolean;
}

interface Target {
  readonly version: number;
  readonly versions: ReadonlyMap<number, KeyObject>;
}

/**
 * Puts a new master key in the place of the old one, also while a server uses the vault. Every step leaves the key of
 * each version in use where it is found: cut off anywhere, nothing is unreadable, and the next run goes on.
 *
 * 1. The new key is kept, then its version is told in the database: data keys of new users are wrapped by it.
 * 2. Data keys are wrapped anew, a few a transaction.
 * 3. Once nothing is wrapped by the old version it is retired, and only then its key is taken away.
 *
 * @throws StartupError for a key that is not the one in use, or when a data key does not open; the old version stays.
 */
export async function rotateKey(rotation: Rotation): Promise<RotationReport> {
  const { isResumed, ...target } = await rotation.db.transaction((trx) => announce(rotation, trx));
  step(rotation, 'announced');
  const rewrapped = await replaceOlder(rotation, target);
  await rotation.db.transaction(async (trx) => removeRetired(rotation, await listVaultKeys(trx)));
  step(rotation, 'removed');
  return { version: target.version, rewrapped, isResumed };
}

function step({ onStep }: Rotation, name: RotationStep): void {
  onStep?.(name);
}

/** Nobody else announces meanwhile: the transaction holds the writer, and so the key's file. */
async function announce(
  rotation: Rotation,
  trx: Transaction<Database>,
): Promise<Target & { isResumed: boolean }> {
  const { holder, now } = rotation;
  const rows = await listVaultKeys(trx);
  const masterKey = holder.read();
  const versions = matchVersions(masterKey, rows);
  const newest = newestVersion(rows);
  if (newest === undefined)
    throw new StartupError('There is no master key to rotate: start the arena once, and it makes one.');
  if (isUnderWay(rows, versions)) return { version: newest, versions, isResumed: true };
  const kept = masterKey.keys.findLast((key) => ![...versions.values()].some((known) => known.equals(key)));
  const key = kept ?? randomKey();
  // Also one that an earlier run has kept: only now is it sure to be on disk.
  holder.add(key);
  step(rotation, 'key-kept');
  const version = Math.max(...rows.map((row) => row.version)) + 1;
  await runWrite(trx, insertVaultKey(versionRow(key, version, now())));
  await runWrite(trx, told('added', version, now));
  return { version, versions: new Map([...versions, [version, key]]), isResumed: false };
}

/** The old version is in use beside the new one, or it is retired and its key is still there. */
function isUnderWay(rows: readonly VaultKeysTable[], versions: ReadonlyMap<number, KeyObject>): boolean {
  const inUse = rows.filter((row) => row.retired_at === null);
  return inUse.length > 1 || rows.some((row) => row.retired_at !== null && versions.has(row.version));
}

/** @returns how many data keys were wrapped anew. */
async function replaceOlder(rotation: Rotation, target: Target): Promise<number> {
  const { db, now, waitMs } = rotation;
  let rewrapped = 0;
  for (let round = 0; ; round += 1) {
    const older = await listOlder(db.read, target);
    if (older.length === 0) return rewrapped;
    rewrapped += await rewrapAll(rotation, target);
    step(rotation, 'rewrapped');
    if (round === 0) await sleep(waitMs);
    try {
      await db.commit(
        older.flatMap((version) => [retireVaultKey(version, now()), told('retired', version, now)]),
      );
      step(rotation, 'retired');
    } catch (error) {
      // A server has wrapped a data key by the old version since: once more.
      if (!(error instanceof StaleWriteError)) throw error;
    }
  }
}

async function listOlder(db: Reader, { version }: Target): Promise<number[]> {
  const rows = await listVaultKeys(db);
  return rows.filter((row) => row.retired_at === null && row.version < version).map((row) => row.version);
}

async function rewrapAll(rotation: Rotation, target: Target): Promise<number> {
  const { db } = rotation;
  const damaged: string[] = [];
  let [rewrapped, after] = [0, ''];
  for (;;) {
    const rows = await listVaultUserKeysToRewrap(db.read, { version: target.version, after, limit: BATCH });
    const last = rows.at(-1);
    if (!last) break;
    after = last.user_id;
    const writes = rows.flatMap((row) => rewrapOf(row, target, damaged));
    await db.commit(writes);
    step(rotation, 'batch-rewrapped');
    rewrapped += writes.length;
    await sleep(PAUSE_MS);
  }
  if (damaged.length > 0)
    throw new StartupError(
      `The data keys of ${damaged.length} users cannot be opened (${damaged.slice(0, 5).join(', ')}): they were changed. ` +
        'All others are wrapped by the new master key; the old one stays in use beside it.',
    );
  return rewrapped;
}

function rewrapOf(row: VaultUserKeysTable, { version, versions }: Target, damaged: string[]): Write[] {
  const key = versions.get(version);
  if (!key) throw new UnreadableSecretError(`Version ${version} of the master key`);
  try {
    const wrapped = sealText(wrapOf(key, row.user_id, version), unwrapDataKey(versions, row));
    return [rewrapVaultUserKey(row, { ...row, key_version: version, wrapped_key: wrapped })];
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error;
    damaged.push(row.user_id);
    return [];
  }
}

function removeRetired({ holder }: Rotation, rows: readonly VaultKeysTable[]): void {
  const versions = matchVersions(holder.read(), rows);
  const gone = rows.flatMap((row) => (row.retired_at === null ? [] : (versions.get(row.version) ?? [])));
  if (gone.length > 0) holder.remove(gone);
}

function told(what: 'added' | 'retired', version: number, wallNow: () => number): Write {
  return audited({ clock: { wallNow } }, ARENA, {
    action: `master-key.${what}`,
    subjectType: 'master-key',
    subjectId: String(version),
  });
}
