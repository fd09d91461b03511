import { animated, truncated, type CutImage } from './image-format.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const CHUNK_FRAME_BYTES = 12;
/** Optional chunks that say how pixels look. The others are text, which may inflate to gigabytes, and private data. */
const KEPT: ReadonlySet<string> = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'eXIf']);
const isCritical = (type: string) => /^[A-Z]/.test(type);

/**
 * A PNG's critical chunks and those that colours and orientation need, as W3C "PNG Specification (Third Edition)"
 * section 5 lays them out. @throws InvalidInputError
 */
export function cutPng(file: Buffer): CutImage {
  const kept = [file.subarray(0, SIGNATURE_BYTES)];
  let at = SIGNATURE_BYTES;
  while (at + CHUNK_FRAME_BYTES <= file.length) {
    const end = at + CHUNK_FRAME_BYTES + file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (end > file.length) break;
    if (type === 'acTL') throw animated();
    if (isCritical(type) || KEPT.has(type)) kept.push(file.subarray(at, end));
    if (type === 'IEND') return { image: Buffer.concat(kept), tail: file.subarray(end) };
    at = end;
  }
  throw truncated();
}
