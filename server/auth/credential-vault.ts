import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Db } from '../db/database.ts';
import type { Write } from '../db/prepared.ts';
import { insertVaultKey, keepVaultUserKey, listVaultKeys, listVaultUserKeys } from '../db/queries/vault.ts';
import type { VaultKeysTable } from '../db/schema/vault-keys.ts';
import type { VaultUserKeysTable } from '../db/schema/vault-user-keys.ts';
import {
  matchVersions,
  newestVersion,
  unwrapDataKey,
  versionRow,
  wrapOf,
  type MasterKey,
} from './key-versions.ts';
import { openText, sealText, UnreadableSecretError } from './sealed-text.ts';

export type { MasterKey } from './key-versions.ts';

const KEY_BYTES = 32;

/** The one column of the one row that a sealed text belongs to; nowhere else does it open. */
export interface SecretPlace {
  readonly table: 'llm_providers' | 'second_factors' | 'wallets';
  readonly rowId: string;
  /** The owner, whose data key seals. */
  readonly userId: string;
  readonly column: string;
}

export interface SealedSecret {
  readonly sealed: string;
  /** Keep the owner's data key. They belong in the transaction that writes `sealed`; to run them twice does no harm. */
  readonly writes: readonly Write[];
}

export interface VaultRows {
  readonly masterKey: MasterKey;
  readonly keys: readonly VaultKeysTable[];
  readonly userKeys: readonly VaultUserKeysTable[];
  /** Epoch ms, for `created_at`. */
  readonly now: () => number;
}

interface Master {
  readonly rows: readonly VaultKeysTable[];
  readonly versions: ReadonlyMap<number, KeyObject>;
  /** Wraps new data keys. */
  readonly newest: { readonly version: number; readonly key: KeyObject };
}

/**
 * Seals credentials under one random data key a user, which the master key wraps. Every `seal` hands out the write of
 * the data key, new or not: so no sealed text is ever stored without its key, whichever transaction fails.
 */
export class CredentialVault {
  readonly #now: () => number;
  #master: Master;
  #rows: Map<string, VaultUserKeysTable>;
  /** Those in use so far. */
  readonly #unwrapped = new Map<string, KeyObject>();

  constructor(master: Master, { userKeys, now }: Pick<VaultRows, 'userKeys' | 'now'>) {
    this.#master = master;
    this.#now = now;
    this.#rows = byUser(userKeys);
  }

  /** The versions it knows of, as they were read. */
  get keys(): readonly VaultKeysTable[] {
    return this.#master.rows;
  }

  seal(place: SecretPlace, plaintext: string): SealedSecret {
    const row = this.#rows.get(place.userId) ?? this.#addUser(place.userId);
    const sealed = sealText({ key: this.#unwrap(row), boundTo: bindingOf(place) }, Buffer.from(plaintext));
    return { sealed, writes: [keepVaultUserKey(row)] };
  }

  /** @throws UnreadableSecretError when `sealed` was not sealed for this place, or not with these keys. */
  open(place: SecretPlace, sealed: string): string {
    const what = `${place.column} of ${place.table} "${place.rowId}"`;
    const row = this.#rows.get(place.userId);
    if (!row) throw new UnreadableSecretError(what);
    return openText({ key: this.#unwrap(row), boundTo: bindingOf(place) }, sealed, what).toString();
  }

  /**
   * Goes on with what a rotation has stored: `readVaultRows`.
   * @throws StartupError when a version in use is not among the keys.
   */
  take({ masterKey, keys, userKeys }: Omit<VaultRows, 'now'>): void {
    this.#master = masterOf(masterKey, keys) ?? this.#master;
    const rows = byUser(userKeys);
    for (const [userId, key] of this.#unwrapped) {
      const row = this.#rows.get(userId);
      // A stored row is the truth; a data key that is not stored yet may have sealed already, and stays.
      if (rows.has(userId) || !row) this.#unwrapped.delete(userId);
      else rows.set(userId, this.#isRetired(row) ? this.#wrap(userId, key, row.created_at) : row);
    }
    this.#rows = rows;
  }

  /** What was sealed for the user opens never again, once the stored data key is deleted, too. */
  forget(userId: string): void {
    this.#rows.delete(userId);
    this.#unwrapped.delete(userId);
  }

  /** Only then is it sure that the row will not be stored as it is, and wrapped anew there. */
  #isRetired({ key_version: version }: VaultUserKeysTable): boolean {
    return this.keys.some((row) => row.version === version && row.retired_at !== null);
  }

  #addUser(userId: string): VaultUserKeysTable {
    const key = createSecretKey(randomBytes(KEY_BYTES));
    const row = this.#wrap(userId, key, this.#now());
    this.#rows.set(userId, row);
    this.#unwrapped.set(userId, key);
    return row;
  }

  #wrap(userId: string, dataKey: KeyObject, createdAt: number): VaultUserKeysTable {
    const { version, key } = this.#master.newest;
    const wrapped = sealText(wrapOf(key, userId, version), dataKey.export());
    return { user_id: userId, key_version: version, wrapped_key: wrapped, created_at: createdAt };
  }

  #unwrap(row: VaultUserKeysTable): KeyObject {
    const known = this.#unwrapped.get(row.user_id);
    if (known) return known;
    const key = createSecretKey(unwrapDataKey(this.#master.versions, row));
    this.#unwrapped.set(row.user_id, key);
    return key;
  }
}

/**
 * The vault on rows that are loaded already; it touches no database. `writes` store what a new vault needs, before
 * anything that is sealed.
 * @throws StartupError when the rows were sealed with another master key.
 */
export function createVault(rows: VaultRows): { vault: CredentialVault; writes: readonly Write[] } {
  const master = masterOf(rows.masterKey, rows.keys);
  if (master) return { vault: new CredentialVault(master, rows), writes: [] };
  const key = rows.masterKey.keys.at(-1);
  if (!key || rows.keys.length > 0) throw new UnreadableSecretError('The vault');
  const row = versionRow(key, 1, rows.now());
  const first = { rows: [row], versions: new Map([[1, key]]), newest: { version: 1, key } };
  return { vault: new CredentialVault(first, rows), writes: [insertVaultKey(row)] };
}

/** The vault of an open database; a new one is stored. @throws StartupError for a wrong master key. */
export async function openVault(db: Db, masterKey: MasterKey, now: () => number): Promise<CredentialVault> {
  const { vault, writes } = createVault({ masterKey, ...(await readVaultRows(db)), now });
  if (writes.length > 0) await db.commit(writes);
  return vault;
}

/** The rows of one moment: data keys that no version among them is retired for or unknown to. */
export async function readVaultRows(db: Db): Promise<Pick<VaultRows, 'keys' | 'userKeys'>> {
  let keys = await listVaultKeys(db.read);
  for (;;) {
    const userKeys = await listVaultUserKeys(db.read);
    const after = await listVaultKeys(db.read);
    if (isDeepStrictEqual(keys, after)) return { keys, userKeys };
    keys = after;
  }
}

/** Undefined when no version is in use yet. */
function masterOf(masterKey: MasterKey, rows: readonly VaultKeysTable[]): Master | undefined {
  const versions = matchVersions(masterKey, rows);
  const version = newestVersion(rows);
  const key = version === undefined ? undefined : versions.get(version);
  return version === undefined || !key ? undefined : { rows, versions, newest: { version, key } };
}

function byUser(rows: readonly VaultUserKeysTable[]): Map<string, VaultUserKeysTable> {
  return new Map(rows.map((row) => [row.user_id, row]));
}

function bindingOf({ table, rowId, userId, column }: SecretPlace): readonly string[] {
  return [table, rowId, userId, column];
}
