import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openLegacySecret } from './legacy-secrets.ts';

function seal(text: string, key: Buffer): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), data].map((part) => part.toString('hex')).join(':');
}

it('opens what the old server sealed, with its key only', () => {
  const key = createHash('sha256').update('a key').digest();
  const sealed = seal('sk-ключ', key);
  expect(openLegacySecret(sealed, key)).toBe('sk-ключ');
  expect(openLegacySecret(sealed, randomBytes(32))).toBeUndefined();
  expect(
    openLegacySecret(
      sealed.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      key,
    ),
  ).toBeUndefined();
});

it.each(['', 'plain', 'a:b', 'a:b:c:d', '::', '00:00:00'])('does not take %j for a ciphertext', (text) => {
  expect(openLegacySecret(text, randomBytes(32))).toBeUndefined();
});
