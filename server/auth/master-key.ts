import type { Config } from '../config/config.ts';
import { StartupError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { makeKeyFile, parseKey, readKeyFile } from './key-file.ts';
import type { MasterKey } from './key-versions.ts';

/**
 * The master key: the variable MASTER_KEY, else the key file, which holds two while `npm run rotate-key` runs. A vault
 * that is still new may have the file made.
 * @throws StartupError with what to do about it.
 */
export function loadMasterKey(
  { masterKey, keyFile }: Config['vault'],
  { isVaultNew, log }: { isVaultNew: boolean; log: Logger },
): MasterKey {
  if (masterKey !== null) {
    const origin = 'the variable MASTER_KEY';
    return { keys: [parseKey(masterKey.reveal(), origin)], origin };
  }
  const origin = `the file ${keyFile}`;
  const stored = readKeyFile(keyFile);
  if (stored !== null) return { keys: stored, origin };
  if (!isVaultNew)
    throw new StartupError(
      `The credentials in this database are sealed with a master key, and there is none: ${keyFile} does not exist. ` +
        'Put that file back from a copy, or set MASTER_KEY to the key or MASTER_KEY_FILE to its file.',
    );
  makeKeyFile(keyFile);
  log.info(
    { keyFile },
    `made a new master key in ${keyFile}: without it stored credentials cannot be read, so keep a copy`,
  );
  return { keys: readKeyFile(keyFile) ?? [], origin };
}
