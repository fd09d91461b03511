import { animated, truncated, type CutImage } from './image-format.ts';

/** `RIFF`, size, `WEBP`. */
const HEADER_BYTES = 12;
const ANIMATION_FLAG = 0x02;

/** A WebP as long as its RIFF header says (RFC 9649, section 2). @throws InvalidInputError */
export function cutWebp(file: Buffer): CutImage {
  if (file.length < HEADER_BYTES + 8) throw truncated();
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length || end < HEADER_BYTES + 8) throw truncated();
  for (let at = HEADER_BYTES; at + 8 <= end; at = nextChunk(file, at)) {
    const type = file.toString('latin1', at, at + 4);
    const isFlagged = type === 'VP8X' && ((file[at + 8] ?? 0) & ANIMATION_FLAG) !== 0;
    if (isFlagged || type === 'ANIM' || type === 'ANMF') throw animated();
  }
  return { image: file.subarray(0, end), tail: file.subarray(end) };
}

/** Chunks lie on even offsets. */
function nextChunk(file: Buffer, at: number): number {
  const size = file.readUInt32LE(at + 4);
  return at + 8 + size + (size % 2);
}
