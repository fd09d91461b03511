import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Db } from '../db/database.ts';
import type { Write } from '../db/prepared.ts';
import { insertVaultKey, keepVaultUserKey, listVaultKeys, listVaultUserKeys } from '../db/queries/vault.ts';
import type { VaultKeysTable } from '../db/schema/vault-keys.ts';
import type { VaultUserKeysTable } from '../db/schema/vault-user-keys.ts';
import { StartupError } from '../errors.ts';
import { openText, sealText, type Seal, UnreadableSecretError } from './sealed-text.ts';

const KEY_BYTES = 32;
const CHECK_TEXT = Buffer.from('arena');

export interface MasterKey {
  /** 32 bytes. */
  readonly key: KeyObject;
  /** Where it came from, for messages: `the file arena.db.key`. */
  readonly origin: string;
}

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

/**
 * Seals credentials under one random data key a user, which the master key wraps. Every `seal` hands out the write of
 * the data key, new or not: so no sealed text is ever stored without its key, whichever transaction fails.
 */
export class CredentialVault {
  readonly #master: { readonly key: KeyObject; readonly version: number };
  readonly #now: () => number;
  readonly #rows: Map<string, VaultUserKeysTable>;
  /** Those in use so far. */
  readonly #unwrapped = new Map<string, KeyObject>();

  constructor({ masterKey, userKeys, now, version }: Omit<VaultRows, 'keys'> & { version: number }) {
    this.#master = { key: masterKey.key, version };
    this.#now = now;
    this.#rows = new Map(userKeys.map((row) => [row.user_id, row]));
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

  #addUser(userId: string): VaultUserKeysTable {
    const dataKey = randomBytes(KEY_BYTES);
    const { version } = this.#master;
    const row = {
      user_id: userId,
      key_version: version,
      wrapped_key: sealText(this.#wrapOf(userId, version), dataKey),
      created_at: this.#now(),
    };
    this.#rows.set(userId, row);
    this.#unwrapped.set(userId, createSecretKey(dataKey));
    return row;
  }

  #unwrap({ user_id: userId, key_version: version, wrapped_key: wrapped }: VaultUserKeysTable): KeyObject {
    const known = this.#unwrapped.get(userId);
    if (known) return known;
    const dataKey = openText(this.#wrapOf(userId, version), wrapped, `The data key of user "${userId}"`);
    const key = createSecretKey(dataKey);
    this.#unwrapped.set(userId, key);
    return key;
  }

  #wrapOf(userId: string, version: number): Seal {
    return { key: this.#master.key, boundTo: ['vault_user_keys', userId, version] };
  }
}

/**
 * The vault on rows that are loaded already; it touches no database. `writes` store what a new vault needs, before
 * anything that is sealed.
 * @throws StartupError when the rows were sealed with another master key.
 */
export function createVault(rows: VaultRows): { vault: CredentialVault; writes: readonly Write[] } {
  const newest = rows.keys.toSorted((a, b) => a.version - b.version).at(-1);
  if (newest) assertRightKey(rows.masterKey, newest);
  const vault = new CredentialVault({ ...rows, version: newest?.version ?? 1 });
  return { vault, writes: newest ? [] : [insertVaultKey(firstKey(rows.masterKey, rows.now()))] };
}

/** The vault of an open database; a new one is stored. @throws StartupError for a wrong master key. */
export async function openVault(db: Db, masterKey: MasterKey, now: () => number): Promise<CredentialVault> {
  const [keys, userKeys] = [await listVaultKeys(db.read), await listVaultUserKeys(db.read)];
  const { vault, writes } = createVault({ masterKey, keys, userKeys, now });
  if (writes.length > 0) await db.commit(writes);
  return vault;
}

function bindingOf({ table, rowId, userId, column }: SecretPlace): readonly string[] {
  return [table, rowId, userId, column];
}

function checkOf({ key }: MasterKey, version: number): Seal {
  return { key, boundTo: ['vault_keys', version] };
}

function firstKey(masterKey: MasterKey, now: number): VaultKeysTable {
  return {
    version: 1,
    check_value: sealText(checkOf(masterKey, 1), CHECK_TEXT),
    created_at: now,
    retired_at: null,
  };
}

function assertRightKey(masterKey: MasterKey, { version, check_value: checkValue }: VaultKeysTable): void {
  try {
    openText(checkOf(masterKey, version), checkValue, 'The check value');
  } catch (cause) {
    throw new StartupError(
      `The master key in ${masterKey.origin} is not the one this database's credentials are sealed with. ` +
        'Put the right one there, or set MASTER_KEY to the key or MASTER_KEY_FILE to its file.',
      { cause },
    );
  }
}
