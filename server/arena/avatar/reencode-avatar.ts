import type { Sharp, SharpConstructor } from 'sharp';
import { AppError, InvalidInputError } from '../../errors.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { cutImage } from './cut-image.ts';
import { damaged, requireFormat, type ImageFormat } from './image-format.ts';

/** The largest file that is looked at. */
export const MOST_UPLOAD_BYTES = 1024 * 1024;
export const MOST_AVATAR_BYTES = 64 * 1024;
export const AVATAR_SIDE = 256;
const MOST_SIDE = 4096;
const DECODING_LIMIT_S = 10;
/** The first that fits is taken; noise with a noisy alpha channel fits from 40 down. */
const QUALITIES = [82, 70, 55, 40, 20, 5];

/** A picture of 4096 x 4096 takes 0.1 GB while it is decoded. */
const decodings = new BoundedQueue(
  { running: 2, waiting: 8 },
  () => new AppError('busy', 'Too many pictures are being prepared. Try again in a few seconds.'),
);

/**
 * A picture of a user as the arena stores and shows it: nothing of the file but its pixels, turned upright, in sRGB,
 * cropped about its centre to `AVATAR_SIDE` squared, as a WebP of at most `MOST_AVATAR_BYTES`.
 * @param bytes a PNG, JPEG or WebP of at most `MOST_UPLOAD_BYTES` and 4096 x 4096 pixels.
 * @throws InvalidInputError saying what is wrong with it and what to do.
 * @throws AppError `busy` when too many are being prepared.
 */
export async function reencodeAvatar(bytes: Uint8Array): Promise<Uint8Array> {
  checkSize(bytes.length);
  const format = requireFormat(bytes);
  const image = cutImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), format);
  return await decodings.run(async () => {
    const sharp = await loadSharp();
    await checkHeader(sharp, image, format);
    return await encode(sharp, await readPixels(sharp, image));
  });
}

function checkSize(length: number): void {
  if (length === 0)
    throw new InvalidInputError('The file is empty. Choose a picture in PNG, JPEG or WebP and upload that.');
  if (length > MOST_UPLOAD_BYTES)
    throw new InvalidInputError(
      'The picture has more than 1 MiB. Save it smaller, 512 x 512 pixels are plenty, and upload that.',
    );
}

/** The header alone is read: what would not fit into memory is never decoded. */
async function checkHeader(sharp: SharpConstructor, image: Buffer, format: ImageFormat): Promise<void> {
  const header = await orDamaged(sharp(image, { limitInputPixels: false }).metadata());
  if (header.format !== format) throw damaged();
  if (header.width > MOST_SIDE || header.height > MOST_SIDE)
    throw new InvalidInputError(
      `The picture has ${header.width} x ${header.height} pixels; at most ${MOST_SIDE} x ${MOST_SIDE} are read. Make it smaller and upload that.`,
    );
}

interface Pixels {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

async function readPixels(sharp: SharpConstructor, image: Buffer): Promise<Pixels> {
  const upright: Sharp = sharp(image, { limitInputPixels: MOST_SIDE * MOST_SIDE, failOn: 'warning' })
    .timeout({ seconds: DECODING_LIMIT_S })
    .autoOrient()
    .resize(AVATAR_SIDE, AVATAR_SIDE, { fit: 'cover' });
  return await orDamaged(upright.raw().toBuffer({ resolveWithObject: true }));
}

async function encode(sharp: SharpConstructor, { data, info }: Pixels): Promise<Uint8Array> {
  const { width, height, channels } = info;
  for (const quality of QUALITIES) {
    const picture = sharp(data, { raw: { width, height, channels } });
    const avatar = await picture.webp({ quality, alphaQuality: quality }).toBuffer();
    if (avatar.length <= MOST_AVATAR_BYTES) return new Uint8Array(avatar);
  }
  throw new InvalidInputError('The picture has too much detail. Choose a plainer one and upload that.');
}

/** Whatever the decoder finds wrong, its words are about the inside of the file. */
async function orDamaged<T>(decoded: Promise<T>): Promise<T> {
  return await decoded.catch(() => {
    throw damaged();
  });
}

let loading: Promise<SharpConstructor> | undefined;

/** Loaded with the first picture: the library takes as long to load as a tenth of a start may. */
function loadSharp(): Promise<SharpConstructor> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // Files that are neither of the three do not come here; should one, nothing stands ready to read it.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
    });
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}
