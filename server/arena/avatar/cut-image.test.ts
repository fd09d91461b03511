import { describe, expect, it } from 'vitest';
import { cutImage } from './cut-image.ts';

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
const size = (value: number) => [value, 0, 0, 0];

const SCAN = '\xff\xda\0\x02pixels\xff\0\xff\xd0more';
const END = '\xff\xd9';

describe('a JPEG’s end', () => {
  const start = '\xff\xd8\xff\xe1\0\x08' + `${END}${END}`.padEnd(6);

  it('is the marker of its own, not one within a segment, and not what looks like one in a scan', () => {
    const image = bytes(start, SCAN, '\xff\xff', END);
    expect(cutImage(bytes([...image], 'tail', END), 'jpeg')).toEqual(image);
  });

  it('comes after at most 64 scans', () => {
    const file = (scans: number) => bytes(start, SCAN.repeat(scans), END);
    expect(cutImage(file(64), 'jpeg')).toEqual(file(64));
    expect(() => cutImage(file(65), 'jpeg')).toThrow('damaged');
  });

  it('is missing', () => {
    for (const rest of ['', SCAN, `${SCAN}\xff`, '\xff\xe2\xff\xff'])
      expect(() => cutImage(bytes(start, rest), 'jpeg')).toThrow('ends too early');
  });
});

describe('a WebP’s end', () => {
  const webp = (...chunks: readonly string[]) => {
    const body = chunks.join('');
    return bytes('RIFF', size(4 + body.length), 'WEBP', body);
  };
  const chunk = (type: string, data: string) =>
    `${type}${String.fromCharCode(data.length)}\0\0\0${data}${data.length % 2 === 1 ? '\0' : ''}`;

  it('is where its header says', () => {
    const image = webp(chunk('VP8 ', 'odd'), chunk('EXIF', 'ANIM'));
    expect(cutImage(bytes([...image], 'tail'), 'webp')).toEqual(image);
    expect(() => cutImage(image.subarray(0, -1), 'webp')).toThrow('ends too early');
    expect(() => cutImage(webp(), 'webp')).toThrow('ends too early');
  });

  it('comes after no frame of an animation, flagged or not', () => {
    for (const file of [
      webp(chunk('VP8X', '\x02'.padEnd(10, '\0')), chunk('VP8 ', 'x')),
      webp(chunk('VP8 ', 'odd'), chunk('ANIM', 'x')),
      webp(chunk('VP8 ', 'x'), chunk('ANMF', 'x')),
    ])
      expect(() => cutImage(file, 'webp')).toThrow('animated');
  });
});

describe('a PNG’s chunks', () => {
  const chunk = (type: string, data: string) => `\0\0\0${String.fromCharCode(data.length)}${type}${data}CRC.`;
  const start = '\x89PNG\r\n\x1a\n';

  it('are kept when pixels, colours or orientation need them', () => {
    const kept = ['IHDR', 'PLTE', 'tRNS', 'gAMA', 'iCCP', 'eXIf', 'IDAT'].map((type) => chunk(type, 'x'));
    const others = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'prVt', 'fdAT'].map((type) => chunk(type, 'IEND'));
    const end = chunk('IEND', '');
    expect(cutImage(bytes(start, ...kept, ...others, end, 'tail'), 'png')).toEqual(
      bytes(start, ...kept, end),
    );
  });

  it('end early, or move', () => {
    expect(() => cutImage(bytes(start, chunk('IHDR', 'x')), 'png')).toThrow('ends too early');
    expect(() => cutImage(bytes(start, '\xff\xff\xff\xffIDAT', chunk('IEND', '')), 'png')).toThrow(
      'ends too early',
    );
    expect(() => cutImage(bytes(start, chunk('acTL', 'x'), chunk('IEND', '')), 'png')).toThrow('animated');
  });
});
