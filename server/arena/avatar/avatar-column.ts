import { sniffFormat, type ImageFormat } from './image-format.ts';
import { MOST_AVATAR_BYTES } from './reencode-avatar.ts';

/** A picture as it is sent. */
export interface StoredAvatar {
  readonly bytes: Uint8Array;
  readonly contentType: `image/${ImageFormat}`;
}

/** Base64 without line breaks, and nothing left over. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DATA_URL = /^data:image\/(png|jpeg|webp);base64,/;

/** What `bots.avatar_image` holds: base64 of the WebP that `reencodeAvatar` made. */
export function avatarToColumn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The picture in `bots.avatar_image`; null without one. Rows of the old server hold data URLs, as they were uploaded
 * there: only PNG, JPEG and WebP that are what they say count, and no address of the web does.
 */
export function avatarFromColumn(text: string | null): StoredAvatar | null {
  if (text === null) return null;
  const [prefix = '', claimed = 'webp'] = DATA_URL.exec(text) ?? [];
  const base64 = text.slice(prefix.length);
  if (base64 === '' || base64.length > MOST_AVATAR_BYTES * 1.5 || !BASE64.test(base64)) return null;
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const format = sniffFormat(bytes);
  if (format === null || format !== claimed || bytes.length > MOST_AVATAR_BYTES) return null;
  return { bytes, contentType: `image/${format}` };
}
