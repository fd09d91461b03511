import { createSecretKey } from 'node:crypto';
import type { MasterKey } from '../../auth/credential-vault.ts';

/** A master key for each number. */
export function masterKeyOf(no: number): MasterKey {
  return { key: createSecretKey(Buffer.alloc(32, no)), origin: `the test's key ${no}` };
}
