import { createSecretKey } from 'node:crypto';
import type { MasterKey } from '../../auth/credential-vault.ts';

/** A master key for each number, the newest last. */
export function masterKeyOf(...numbers: readonly number[]): MasterKey {
  return {
    keys: numbers.map((no) => createSecretKey(Buffer.alloc(32, no))),
    origin: `the test's key ${numbers.join(' and ')}`,
  };
}
