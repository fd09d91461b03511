import { openVault } from '../auth/credential-vault.ts';
import { loadMasterKey } from '../auth/master-key.ts';
import type { Config } from '../config/config.ts';
import type { Vault } from '../context.ts';
import type { Db } from '../db/database.ts';
import { listVaultKeys } from '../db/queries/vault.ts';
import type { Basis } from './basis.ts';

/** The vault with the master key that the configuration names; the first start of a database may make one. */
export async function unlockVault(config: Config, db: Db, { log, wallNow }: Basis): Promise<Vault> {
  const isVaultNew = (await listVaultKeys(db.read)).length === 0;
  const masterKey = loadMasterKey(config.vault, { isVaultNew, log: log.child({ subsystem: 'vault' }) });
  return openVault(db, masterKey, wallNow);
}
