import type { KeyObject } from 'node:crypto';
import type { Secret } from '../config/secrets.ts';
import { StartupError } from '../errors.ts';
import { parseKey, readKeyFile, replaceKeyFile } from './key-file.ts';
import type { MasterKey } from './key-versions.ts';

/** Where a rotation finds the master key, puts the new one and takes the old one away. */
export interface KeyHolder {
  /** @throws StartupError without a key that can be read. */
  read(): MasterKey;
  /** The key is safe when this returns. @throws StartupError when it cannot be kept. */
  add(key: KeyObject): void;
  remove(keys: readonly KeyObject[]): void;
}

/** The key file: the rotation makes the new key, and both stand in it meanwhile. */
export function keyFileHolder(file: string): KeyHolder {
  const read = () => {
    const keys = readKeyFile(file);
    if (!keys)
      throw new StartupError(
        `There is no master key: ${file} does not exist. Set MASTER_KEY_FILE to its path, or MASTER_KEY and NEW_MASTER_KEY to the old and the new key.`,
      );
    return { keys, origin: `the file ${file}` };
  };
  const without = (gone: readonly KeyObject[]) =>
    read().keys.filter((key) => !gone.some((one) => one.equals(key)));
  return {
    read,
    add: (key) => replaceKeyFile(file, [...without([key]), key]),
    remove: (keys) => replaceKeyFile(file, without(keys)),
  };
}

/** Keys from the environment: whoever sets it keeps them, before and after. */
export function environmentHolder(current: Secret, next: Secret): KeyHolder {
  const newKey = parseKey(next.reveal(), 'the variable NEW_MASTER_KEY');
  const keys = [parseKey(current.reveal(), 'the variable MASTER_KEY'), newKey];
  return {
    read: () => ({ keys, origin: 'the variables MASTER_KEY and NEW_MASTER_KEY' }),
    add(key) {
      if (!keys.some((known) => known.equals(key)))
        throw new StartupError('NEW_MASTER_KEY is the key that is in use already: set it to a new one.');
    },
    remove(gone) {
      if (gone.some((key) => key.equals(newKey)))
        throw new StartupError('NEW_MASTER_KEY has been retired before: set it to a new key.');
    },
  };
}
