import { createDecipheriv, createHash } from 'node:crypto';
import type { CredentialVault } from '../auth/credential-vault.ts';
import type { BulkWriter } from '../db/dialects/bulk-writer.ts';
import type { Secrets } from './move.ts';

/** The ways a 256-bit key may have been written down; the tag of a ciphertext tells which one it was. */
function keysFrom(given: string): Buffer[] {
  const text = given.trim();
  const candidates = [
    Buffer.from(text, 'hex'),
    Buffer.from(text, 'base64'),
    Buffer.from(text),
    createHash('sha256').update(text).digest(),
  ];
  return candidates.filter((key) => key.length === 32);
}

/** @returns the plain text of the old server's `iv:tag:data`, or undefined when the key is another. */
export function openLegacySecret(ciphertext: string, key: Buffer): string | undefined {
  const parts = ciphertext.split(':').map((part) => Buffer.from(part, 'hex'));
  const [iv, tag, data] = parts;
  if (parts.length !== 3 || !iv || !data || iv.length < 12 || tag?.length !== 16) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]).toString();
  } catch {
    // Node's only way to say that the tag does not fit.
    return undefined;
  }
}

/** @param legacyKey the old server's key as it was configured; null when nobody has it. */
export function createSecrets(
  target: BulkWriter,
  { vault, legacyKey }: { vault: CredentialVault; legacyKey: string | null },
): Secrets {
  const keys = legacyKey === null ? [] : keysFrom(legacyKey);
  return {
    canOpen: keys.length > 0,
    reseal(place, ciphertext) {
      const plain = keys.map((key) => openLegacySecret(ciphertext, key)).find((text) => text !== undefined);
      if (plain === undefined) return undefined;
      const { sealed, writes } = vault.seal(place, plain);
      for (const write of writes) target.run(write);
      return sealed;
    },
  };
}
