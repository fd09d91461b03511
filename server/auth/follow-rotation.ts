import { isDeepStrictEqual } from 'node:util';
import type { Db } from '../db/database.ts';
import { listVaultKeys } from '../db/queries/vault.ts';
import type { Logger } from '../log.ts';
import { readVaultRows, type CredentialVault, type MasterKey } from './credential-vault.ts';
import { newestVersion } from './key-versions.ts';

const LOOK_EVERY_MS = 1000;

export interface Following {
  readonly db: Db;
  readonly vault: CredentialVault;
  /** Reads the key anew. */
  readonly masterKey: () => MasterKey;
  readonly log: Logger;
}

/**
 * Has a vault that is in use follow `npm run rotate-key`: it takes over the new key, which the rotation waits for, and
 * what is wrapped by it once the old key is retired.
 * @returns the way to stop; it waits for a look that is under way.
 */
export function followRotation(following: Following, everyMs = LOOK_EVERY_MS): () => Promise<void> {
  let looking: Promise<void> | undefined;
  let told = '';
  const look = async () => {
    try {
      await takeOver(following);
      told = '';
    } catch (error) {
      // What cannot be taken over is told once, and tried again.
      if (String(error) !== told) following.log.error({ err: error }, 'the vault cannot follow a rotation');
      told = String(error);
    }
    looking = undefined;
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

async function takeOver({ db, vault, masterKey, log }: Following): Promise<void> {
  if (isDeepStrictEqual(await listVaultKeys(db.read), vault.keys)) return;
  const rows = await readVaultRows(db);
  // The file after the rows: a version is in it before it is in them.
  vault.take({ ...rows, masterKey: masterKey() });
  log.info({ version: newestVersion(rows.keys) }, 'the vault follows a rotation of the master key');
}
