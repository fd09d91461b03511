import { InvalidInputError } from '../../errors.ts';

export type ImageFormat = 'png' | 'jpeg' | 'webp';

/** An image as its format delimits it, without what follows it in the file. */
export interface CutImage {
  readonly image: Buffer;
  readonly tail: Buffer;
}

type Signs<Name extends string> = readonly (readonly [Name, (start: string) => boolean])[];
const beginsWith = (sign: string) => (start: string) => start.startsWith(sign);
const looksLike = (pattern: RegExp) => (start: string) => pattern.test(start);

const SIGNATURES: Signs<ImageFormat> = [
  ['png', beginsWith('\x89PNG\r\n\x1a\n')],
  ['jpeg', beginsWith('\xff\xd8\xff')],
  ['webp', looksLike(/^RIFF[^]{4}WEBP/)],
];

/** What else is uploaded for a picture, so that the refusal can name it. */
const OTHERS: Signs<string> = [
  ['a GIF', beginsWith('GIF8')],
  ['an HEIC or AVIF picture', looksLike(/^[^]{4}ftyp(heic|heix|hevc|mif1|msf1|avif|avis)/)],
  ['a web page or an SVG drawing', looksLike(/^(\xef\xbb\xbf)?\s*</)],
  ['a PDF', beginsWith('%PDF-')],
  ['a BMP', beginsWith('BM')],
  ['a TIFF', looksLike(/^(II\*|MM)\0/)],
];

/** By its first bytes; whatever a client says of it counts for nothing. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  return match(SIGNATURES, bytes);
}

/** @throws InvalidInputError for everything but PNG, JPEG and WebP. */
export function requireFormat(bytes: Uint8Array): ImageFormat {
  const format = sniffFormat(bytes);
  if (format) return format;
  const other = match(OTHERS, bytes);
  throw new InvalidInputError(
    `The file is ${other ?? 'not a picture this server knows'}. Save the picture as PNG, JPEG or WebP and upload that.`,
  );
}

function match<Name extends string>(signs: Signs<Name>, bytes: Uint8Array): Name | null {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return signs.find(([, matches]) => matches(start))?.[0] ?? null;
}

export function truncated(): InvalidInputError {
  return new InvalidInputError('The picture ends too early. Upload it again from the original file.');
}

export function damaged(): InvalidInputError {
  return new InvalidInputError(
    'The picture is damaged. Open it in an image editor, save it as PNG, JPEG or WebP and upload that.',
  );
}

export function animated(): InvalidInputError {
  return new InvalidInputError('The picture is animated. Save one frame of it as PNG and upload that.');
}
