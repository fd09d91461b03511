import { readFileSync } from 'node:fs';
import { openVault, type MasterKey, type SecretPlace } from '../../auth/credential-vault.ts';
import { loadMasterKey } from '../../auth/master-key.ts';
import type { Db } from '../../db/database.ts';
import { openSqlite } from '../../db/dialects/sqlite.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { silentLogger } from '../../log.ts';
import { insertRows, NOON } from './factories.ts';

/** A user's provider, whose key is the secret. */
export function placeOf(user: number): SecretPlace {
  return { table: 'llm_providers', rowId: `p${user}`, userId: `u${user}`, column: 'api_key_encrypted' };
}

export function secretOf(user: number): string {
  return `sk-of-${user}`;
}

/** The key in the file beside a database, as a server's start finds it. */
export function keyBeside(path: string): MasterKey {
  const vault = { masterKey: null, keyFile: `${path}.key` };
  return loadMasterKey(vault, { isVaultNew: false, log: silentLogger() });
}

/** How many keys the file beside a database holds. */
export function keyCount(path: string): number {
  return readFileSync(`${path}.key`, 'utf8').trim().split('\n').length;
}

/** Makes a database of users who have stored a key each, and its key file. */
export async function writeSecrets(path: string, users: number): Promise<void> {
  await migrateToLatest(path, 'test');
  const db = openSqlite(path);
  const numbers = Array.from({ length: users }, (_, no) => no);
  await insertRows(
    db,
    'users',
    numbers.map((no) => ({
      id: `u${no}`,
      username: `u${no}`,
      role: 'user',
      password_hash: null,
      created_at: NOON,
      deleted_at: null,
    })),
  );
  const vault = { masterKey: null, keyFile: `${path}.key` };
  const masterKey = loadMasterKey(vault, { isVaultNew: true, log: silentLogger() });
  const opened = await openVault(db, masterKey, () => NOON);
  const secrets = numbers.map((no) => ({ no, ...opened.seal(placeOf(no), secretOf(no)) }));
  await db.commit(secrets.flatMap(({ writes }) => writes));
  await insertRows(
    db,
    'llm_providers',
    secrets.map(({ no, sealed }) => providerRow(no, sealed)),
  );
  await db.close();
}

export function providerRow(no: number, sealed: string) {
  return {
    id: `p${no}`,
    user_id: `u${no}`,
    name: `p${no}`,
    provider_type: 'openai',
    api_endpoint: null,
    model_name: 'm',
    api_key_encrypted: sealed,
    created_at: NOON,
    updated_at: NOON,
  };
}

/** Opens every secret with what is on disk, as a server that starts now would. @returns those that do not open. */
export async function unreadable(path: string, masterKey = keyBeside(path)): Promise<string[]> {
  const db = openSqlite(path);
  try {
    return await unreadableIn(db, masterKey);
  } finally {
    await db.close();
  }
}

export async function unreadableIn(db: Db, masterKey: MasterKey): Promise<string[]> {
  const vault = await openVault(db, masterKey, () => NOON);
  const rows = await db.read.selectFrom('llm_providers').select(['id', 'api_key_encrypted']).execute();
  return rows
    .filter(({ id, api_key_encrypted: sealed }) => {
      const no = Number(id.slice(1));
      return vault.open(placeOf(no), sealed ?? '') !== secretOf(no);
    })
    .map(({ id }) => id);
}
