import { isDeepStrictEqual } from 'node:util';
import { openVault, type CredentialVault } from '../auth/credential-vault.ts';
import { followRotation } from '../auth/follow-rotation.ts';
import { loadMasterKey } from '../auth/master-key.ts';
import type { Config } from '../config/config.ts';
import type { Vault } from '../context.ts';
import type { Db } from '../db/database.ts';
import { listVaultKeys } from '../db/queries/vault.ts';
import { StartupError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Basis } from './basis.ts';

/** The vault with the master key that the configuration names; the first start of a database may make one. */
export async function unlockVault(
  config: Config,
  db: Db,
  { lifecycle, log, wallNow }: Basis,
): Promise<Vault> {
  const parts = { config, db, wallNow, log: log.child({ subsystem: 'vault' }) };
  const vault = await unlock(parts);
  const masterKey = () => loadMasterKey(config.vault, { isVaultNew: false, log: parts.log });
  lifecycle.defer('vault', followRotation({ db, vault, masterKey, log: parts.log }));
  return vault;
}

interface Parts {
  readonly config: Config;
  readonly db: Db;
  readonly wallNow: () => number;
  readonly log: Logger;
}

async function unlock(parts: Parts): Promise<CredentialVault> {
  const { config, db, wallNow, log } = parts;
  const before = await listVaultKeys(db.read);
  const masterKey = loadMasterKey(config.vault, { isVaultNew: before.length === 0, log });
  try {
    const vault = await openVault(db, masterKey, wallNow);
    if (masterKey.keys.length > 1)
      log.warn(
        `there is more than one master key in ${masterKey.origin}: \`npm run rotate-key\` is running, or has to run again`,
      );
    return vault;
  } catch (error) {
    // A rotation that began meanwhile is read again; anything else is the key's fault.
    const isStill = isDeepStrictEqual(before, await listVaultKeys(db.read));
    if (!(error instanceof StartupError) || isStill) throw error;
    return unlock(parts);
  }
}
