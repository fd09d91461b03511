import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { AppError } from '../errors.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a text is sealed with: it opens with the same key and the same binding only. */
export interface Seal {
  readonly key: KeyObject;
  /** The associated data: where the text belongs. */
  readonly boundTo: readonly (string | number)[];
}

/** A sealed text does not open: it was changed, belongs elsewhere or was sealed with another key. */
export class UnreadableSecretError extends AppError {
  override name = 'UnreadableSecretError';
  /** `what` names the place; neither the sealed text nor the opened one appears. */
  constructor(what: string, options: { cause?: unknown } = {}) {
    super(
      'unreadable-secret',
      `${what} cannot be opened: it was changed, moved from another row or sealed with another key.`,
      options,
    );
  }
}

/** AES-256-GCM with a new random nonce: `v1.<nonce>.<tag>.<ciphertext>`, each in base64url. */
export function sealText({ key, boundTo }: Seal, plain: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(JSON.stringify(boundTo)));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return ['v1', ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
}

/**
 * Opens what `sealText` made.
 * @throws UnreadableSecretError naming `what` it is.
 */
export function openText({ key, boundTo }: Seal, sealed: string, what: string): Buffer {
  try {
    const { nonce, tag, body } = parse(sealed);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(JSON.stringify(boundTo)));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (cause) {
    throw new UnreadableSecretError(what, { cause });
  }
}

function parse(sealed: string): { nonce: Buffer; tag: Buffer; body: Buffer } {
  const [version, nonce = '', tag = '', body = '', ...rest] = sealed.split('.');
  if (version !== 'v1' || rest.length > 0) throw new Error('not a sealed text of version 1');
  return { nonce: decode(nonce), tag: decode(tag), body: decode(body) };
}

/** Node passes over letters and bits that mean nothing, so that several texts would open as one. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('not base64url');
  return bytes;
}
