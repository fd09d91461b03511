import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../errors.ts';
import { AVATAR_SIDE, MOST_AVATAR_BYTES, MOST_UPLOAD_BYTES, reencodeAvatar } from './reencode-avatar.ts';

const RED = { r: 220, g: 30, b: 30 };
const picture = (width = 300, height = 200) =>
  sharp({ create: { width, height, channels: 3, background: RED } });
const png = () => picture().png().toBuffer();
const jpeg = () => picture().jpeg().toBuffer();
const webp = () => picture().webp().toBuffer();
const FORMATS = { png, jpeg, webp };

/** The same noise every time. */
function noise(length: number): Buffer {
  let state = 7;
  return Buffer.from(
    Uint8Array.from({ length }, () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >> 8),
  );
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Behind the header, where such chunks belong. */
function withChunk(file: Buffer, type: string, data: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, 33), pngChunk(type, data), file.subarray(33)]);
}

/** Grey, with as many rows of zeros as the file tells of. */
function greyPng(width: number, height: number, rows = height): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const pixels = deflateSync(Buffer.alloc((width + 1) * rows), { level: 9 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The types of a WebP's chunks; everything of the file belongs to one. */
function chunksOf(file: Uint8Array): string[] {
  const bytes = Buffer.from(file);
  expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  const types: string[] = [];
  for (
    let at = 12;
    at < bytes.length;
    at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) % 2)
  )
    types.push(bytes.toString('latin1', at, at + 4));
  return types;
}

async function expectAvatar(given: Uint8Array): Promise<Buffer> {
  const avatar = Buffer.from(await reencodeAvatar(given));
  const { format, width, height, pages } = await sharp(avatar).metadata();
  expect({ format, width, height, pages }).toEqual({
    format: 'webp',
    width: AVATAR_SIDE,
    height: AVATAR_SIDE,
    pages: undefined,
  });
  expect(avatar.length).toBeLessThanOrEqual(MOST_AVATAR_BYTES);
  expect(chunksOf(avatar).filter((type) => !['VP8 ', 'VP8X', 'ALPH'].includes(type))).toEqual([]);
  return avatar;
}

async function colourAt(avatar: Buffer, left: number, top: number): Promise<number[]> {
  return [...(await sharp(avatar).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

async function refusalOf(given: Uint8Array): Promise<string> {
  const error = await reencodeAvatar(given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  return error instanceof InvalidInputError ? error.message : '';
}

describe('an avatar', () => {
  it.each(Object.entries(FORMATS))('is made of a %s', async (_, make) => {
    const [r = 0, g = 255, b = 255] = await colourAt(await expectAvatar(await make()), 128, 128);
    expect([Math.abs(r - RED.r) < 8, Math.abs(g - RED.g) < 8, Math.abs(b - RED.b) < 8]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each([
    ['grey with transparency', () => picture().greyscale().ensureAlpha(0.5).png().toBuffer()],
    ['16 bits a channel', () => picture().toColourspace('rgb16').png().toBuffer()],
    ['a palette', () => picture().png({ palette: true }).toBuffer()],
    ['interlaced', () => picture().png({ progressive: true }).toBuffer()],
    ['a progressive JPEG', () => picture().jpeg({ progressive: true }).toBuffer()],
    ['a CMYK JPEG', () => picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['a lossless WebP', () => picture().ensureAlpha(0.5).webp({ lossless: true }).toBuffer()],
    ['a single pixel', () => picture(1, 1).png().toBuffer()],
    ['the largest there may be', () => Promise.resolve(greyPng(4096, 4096))],
    ['a line', () => Promise.resolve(greyPng(4096, 1))],
    ['a column', () => Promise.resolve(greyPng(1, 4096))],
  ])('is made of %s', async (_, make) => {
    expect((await expectAvatar(await make())).length).toBeGreaterThan(0);
  });

  it('keeps transparency', async () => {
    const clear = await sharp({ create: { width: 9, height: 9, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expect((await colourAt(await expectAvatar(clear), 3, 3))[3]).toBe(0);
  });

  it('fits even when all of it is noise', async () => {
    const raw = { width: 400, height: 400, channels: 4 } as const;
    const given = await sharp(noise(400 * 400 * 4), { raw })
      .png()
      .toBuffer();
    expect(given.length).toBeLessThan(MOST_UPLOAD_BYTES);
    await expectAvatar(given);
  });

  it('is cropped about its centre', async () => {
    const wide = await sharp({ create: { width: 600, height: 200, channels: 3, background: '#00f' } })
      .composite([{ input: await picture(200, 200).png().toBuffer(), left: 200, top: 0 }])
      .png()
      .toBuffer();
    const avatar = await expectAvatar(wide);
    for (const left of [8, 128, 248]) expect((await colourAt(avatar, left, 128))[0]).toBeGreaterThan(200);
  });

  it('stands upright as the camera meant it', async () => {
    const lying = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#00f' } })
      .composite([{ input: await picture(100, 200).png().toBuffer(), left: 0, top: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const avatar = await expectAvatar(lying);
    expect((await colourAt(avatar, 128, 30))[0]).toBeGreaterThan(200);
    expect((await colourAt(avatar, 128, 226))[0]).toBeLessThan(60);
  });
});

describe('nothing but pixels is kept', () => {
  const SCRIPT = '<script>alert(1)</script>';

  it.each(['tEXt', 'iTXt', 'prVt'])('a script in a PNG’s %s chunk is gone', async (type) => {
    const text = type === 'iTXt' ? `Comment\0\0\0\0\0${SCRIPT}` : `Comment\0${SCRIPT}`;
    const given = withChunk(await png(), type, Buffer.from(text));
    expect(given.includes('<script>')).toBe(true);
    expect((await expectAvatar(given)).includes('script')).toBe(false);
  });

  it('where a JPEG was taken is gone', async () => {
    const given = await picture()
      .jpeg()
      .withExif({
        IFD0: { Make: 'TellTale' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
      })
      .toBuffer();
    expect((await sharp(given).metadata()).exif?.includes('TellTale')).toBe(true);
    const avatar = await expectAvatar(given);
    expect((await sharp(avatar).metadata()).exif).toBeUndefined();
    expect(avatar.includes('TellTale')).toBe(false);
  });

  it('a colour profile is applied and gone', async () => {
    const given = await picture().withIccProfile('p3').png().toBuffer();
    expect((await sharp(given).metadata()).hasProfile).toBe(true);
    const [r = 0] = await colourAt(await expectAvatar(given), 128, 128);
    expect(Math.abs(r - RED.r)).toBeLessThan(8);
  });

  it.each(Object.entries(FORMATS))('what follows a %s is gone', async (_, make) => {
    const given = Buffer.concat([await make(), Buffer.from('MotionPhoto'), await jpeg()]);
    expect((await expectAvatar(given)).includes('MotionPhoto')).toBe(false);
  });

  it('texts that inflate to gigabytes are never inflated', async () => {
    const text = Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(7_900_000), { level: 9 })]);
    const chunks = Array.from({ length: 100 }, () => pngChunk('zTXt', text));
    const file = await png();
    const given = Buffer.concat([file.subarray(0, 33), ...chunks, file.subarray(33)]);
    const before = process.cpuUsage();
    await expectAvatar(given);
    // Inflating them takes seconds of the processor.
    expect(process.cpuUsage(before).user).toBeLessThan(250_000);
  });
});

describe('refused, with what to do', () => {
  const html = '<!doctype html><script>alert(1)</script>';
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" width="9" height="9"/>';

  it.each([
    ['an SVG', svg, 'a web page or an SVG drawing'],
    ['an SVG behind white space', `\ufeff\n ${svg}`, 'a web page or an SVG drawing'],
    ['HTML', html, 'a web page or an SVG drawing'],
    ['a PDF', '%PDF-1.7', 'a PDF'],
    ['text', 'hello', 'not a picture this server knows'],
    ['nothing', '', 'empty'],
  ])('%s', async (_, text, words) => {
    const message = await refusalOf(Buffer.from(text));
    expect(message).toContain(words);
    expect(message).toMatch(/upload that\.$/);
  });

  it('a GIF, and one that goes on as a JPEG', async () => {
    const gif = await picture(9, 9).gif().toBuffer();
    expect(await refusalOf(gif)).toContain('a GIF');
    expect(await refusalOf(Buffer.concat([gif, await jpeg()]))).toContain('a GIF');
  });

  it('an AVIF', async () => {
    expect(await refusalOf(await picture(16, 16).avif().toBuffer())).toContain('AVIF');
  });

  it('what the decoder could read, but never has to', async () => {
    await expectAvatar(await png());
    await expect(sharp(Buffer.from(svg)).metadata()).rejects.toThrow('unsupported image format');
  });

  it.each(Object.entries(FORMATS))('a %s that another file hides behind', async (_, make) => {
    const file = await make();
    for (const hidden of [html, svg, '%PDF-1.7', 'PK\x03\x04', 'GIF89a', '<?php', 'xx\n<SCRIPT>'])
      expect(await refusalOf(Buffer.concat([file, Buffer.from(hidden)]))).toContain('hidden behind');
  });

  it.each(Object.entries(FORMATS))('a %s that ends anywhere too early', async (_, make) => {
    const file = await make();
    for (let length = 1; length < file.length; length += 1)
      expect(await refusalOf(file.subarray(0, length))).toMatch(/ends too early|not a picture/);
  });

  it.each([
    ['a PNG', 'RIFF0000WEBP'],
    ['a WebP', '\xff\xd8\xff\xe0\0\x02\xff\xd9'],
    ['a JPEG', '\x89PNG\r\n\x1a\n'],
  ])('something that only begins like %s', async (_, text) => {
    expect(await refusalOf(Buffer.from(text, 'latin1'))).toMatch(/ends too early|damaged/);
  });

  // Their rows are missing: who decoded one would find them damaged.
  it.each([
    [4097, 1],
    [1, 4097],
    [20_000, 20_000],
    [1_000_000, 1_000_000],
  ])('%i x %i pixels, by their header alone', async (width, height) => {
    expect(await refusalOf(greyPng(width, height, 0))).toContain(`${width} x ${height} pixels; at most`);
  });

  it('a header beyond what a PNG may say', async () => {
    expect(await refusalOf(greyPng(2 ** 31, 1, 0))).toContain('damaged');
  });

  it('a picture with fewer rows than it says', async () => {
    expect(await refusalOf(greyPng(300, 300, 10))).toContain('damaged');
  });

  it('animations', async () => {
    const moving = withChunk(await png(), 'acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]));
    expect(await refusalOf(moving)).toContain('animated');
    const frames = [await png(), await picture().negate().png().toBuffer()];
    const webp = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect((await sharp(webp).metadata()).pages).toBe(2);
    expect(await refusalOf(webp)).toContain('animated');
  });

  it('more than 1 MiB', async () => {
    expect(await refusalOf(Buffer.concat([await png(), Buffer.alloc(MOST_UPLOAD_BYTES)]))).toContain('1 MiB');
  });

  it.each(Object.entries(FORMATS))('a %s with any byte flipped, or it gives an avatar', async (_, make) => {
    const file = await make();
    const random = noise(600);
    for (let i = 0; i < 150; i += 1) {
      const given = Buffer.from(file);
      given[random.readUInt16BE(i * 4) % given.length] = random[i * 4 + 2] ?? 0;
      const avatar = await reencodeAvatar(given).catch((error: unknown) => error);
      expect(avatar instanceof InvalidInputError || avatar instanceof Uint8Array).toBe(true);
    }
  });
});

describe('many at once', () => {
  it('two are decoded, eight wait, the others are told to come again', async () => {
    const file = await png();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => reencodeAvatar(file)));
    const refused = all.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason);
    expect(refused).toHaveLength(10);
    for (const error of refused) expect(error).toMatchObject({ code: 'busy' });
    await expectAvatar(file);
  });
});
