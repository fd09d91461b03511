import { InvalidInputError } from '../../errors.ts';
import { cutJpeg } from './cut-jpeg.ts';
import { cutPng } from './cut-png.ts';
import { cutWebp } from './cut-webp.ts';
import type { CutImage, ImageFormat } from './image-format.ts';

/** What makes another program take the same file for a document, an archive or a page. */
const FOREIGN: readonly string[] = [
  '%pdf-',
  'pk\x03\x04',
  'pk\x05\x06',
  'rar!\x1a',
  '7z\xbc\xaf',
  'gif87a',
  'gif89a',
  '<!doctype',
  '<html',
  '<script',
  '<svg',
  '<?php',
];

const CUTS: Readonly<Record<ImageFormat, (file: Buffer) => CutImage>> = {
  png: cutPng,
  jpeg: cutJpeg,
  webp: cutWebp,
};

/**
 * The image alone: cameras append previews and films, which are dropped.
 * @throws InvalidInputError when it is truncated, damaged or animated, or when a file of another kind follows it.
 */
export function cutImage(file: Buffer, format: ImageFormat): Buffer {
  const { image, tail } = CUTS[format](file);
  const text = tail.toString('latin1').toLowerCase();
  if (FOREIGN.some((sign) => text.includes(sign)))
    throw new InvalidInputError(
      'Another file is hidden behind the picture. Open it in an image editor, save it anew and upload that.',
    );
  return image;
}
