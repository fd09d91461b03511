import type { KeyObject } from 'node:crypto';
import type { VaultKeysTable } from '../db/schema/vault-keys.ts';
import type { VaultUserKeysTable } from '../db/schema/vault-user-keys.ts';
import { StartupError } from '../errors.ts';
import { openText, sealText, UnreadableSecretError, type Seal } from './sealed-text.ts';

const CHECK_TEXT = Buffer.from('arena');

/** The master key in the versions at hand; which version a key is, the check values in the database tell. */
export interface MasterKey {
  /** 32 bytes each, the newest last: more than one while it is being rotated. */
  readonly keys: readonly KeyObject[];
  /** Where they came from, for messages: `the file arena.db.key`. */
  readonly origin: string;
}

/** The row that proves a version of the master key. */
export function versionRow(key: KeyObject, version: number, now: number): VaultKeysTable {
  return {
    version,
    check_value: sealText(checkOf(key, version), CHECK_TEXT),
    created_at: now,
    retired_at: null,
  };
}

/** The version that wraps new data keys: the newest that is not retired. */
export function newestVersion(rows: readonly VaultKeysTable[]): number | undefined {
  const inUse = rows.filter((row) => row.retired_at === null).map((row) => row.version);
  return inUse.length === 0 ? undefined : Math.max(...inUse);
}

/**
 * Tells which key is which version; a retired one may be gone.
 * @throws StartupError when the key of a version in use is not there.
 */
export function matchVersions(
  masterKey: MasterKey,
  rows: readonly VaultKeysTable[],
): ReadonlyMap<number, KeyObject> {
  const versions = new Map<number, KeyObject>();
  for (const row of rows) {
    const key = masterKey.keys.find((one) => isKeyOf(one, row));
    if (key) versions.set(row.version, key);
  }
  const inUse = rows.filter((row) => row.retired_at === null).map((row) => row.version);
  const missing = inUse.filter((version) => !versions.has(version));
  if (missing.length > 0) throw wrongKey(masterKey.origin, missing, inUse.length > missing.length);
  return versions;
}

/** How the data key of a user is sealed. */
export function wrapOf(key: KeyObject, userId: string, version: number): Seal {
  return { key, boundTo: ['vault_user_keys', userId, version] };
}

/** @throws UnreadableSecretError when it was changed, or no version of the master key at hand wrapped it. */
export function unwrapDataKey(versions: ReadonlyMap<number, KeyObject>, row: VaultUserKeysTable): Buffer {
  const what = `The data key of user "${row.user_id}"`;
  const key = versions.get(row.key_version);
  if (!key) throw new UnreadableSecretError(what);
  return openText(wrapOf(key, row.user_id, row.key_version), row.wrapped_key, what);
}

function checkOf(key: KeyObject, version: number): Seal {
  return { key, boundTo: ['vault_keys', version] };
}

function isKeyOf(key: KeyObject, { version, check_value: checkValue }: VaultKeysTable): boolean {
  try {
    openText(checkOf(key, version), checkValue, 'The check value');
    return true;
  } catch (error) {
    if (error instanceof UnreadableSecretError) return false;
    throw error;
  }
}

function wrongKey(origin: string, missing: readonly number[], hasOthers: boolean): StartupError {
  const versions = missing.map((version) => `version ${version}`).join(' and ');
  return new StartupError(
    hasOthers
      ? `The master key in ${origin} is not all that this database's credentials are sealed with: ${versions} is missing. ` +
          'Put it there too; where a rotation was interrupted, run `npm run rotate-key` again.'
      : `The master key in ${origin} is not the one this database's credentials are sealed with. ` +
          'Put the right one there, or set MASTER_KEY to the key or MASTER_KEY_FILE to its file.',
  );
}
