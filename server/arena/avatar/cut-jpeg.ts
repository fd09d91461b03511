import { damaged, truncated, type CutImage } from './image-format.ts';

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
/** Progressive files have about ten; each walks over the whole picture again. */
const MOST_SCANS = 64;

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/** A JPEG up to its end-of-image marker (ITU-T T.81, annex B). @throws InvalidInputError */
export function cutJpeg(file: Buffer): CutImage {
  let at = 2;
  let scans = 0;
  while (at + 4 <= file.length) {
    if (file[at] !== 0xff) throw damaged();
    const marker = file.readUInt8(at + 1);
    if (marker === END_OF_IMAGE) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (marker === START_OF_SCAN) scans += 1;
    if (scans > MOST_SCANS) throw damaged();
    at = marker === START_OF_SCAN ? endOfScan(file, end) : end;
  }
  if (file[at] !== 0xff || file[at + 1] !== END_OF_IMAGE) throw truncated();
  return { image: file.subarray(0, at + 2), tail: file.subarray(at + 2) };
}

/** Where the next marker stands: within a scan 0xff is followed by 0, by a restart, or by another fill byte. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  throw truncated();
}
