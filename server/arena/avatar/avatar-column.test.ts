import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { avatarFromColumn, avatarToColumn } from './avatar-column.ts';
import { reencodeAvatar } from './reencode-avatar.ts';

const picture = () => sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } });
const dataUrl = (type: string, bytes: Uint8Array) =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;

describe('bots.avatar_image', () => {
  it('gives back what was stored', async () => {
    const avatar = await reencodeAvatar(await picture().png().toBuffer());
    const column = avatarToColumn(avatar);
    expect(column).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(avatarFromColumn(column)).toEqual({ bytes: avatar, contentType: 'image/webp' });
  });

  it('stores the part of a buffer that it is given', async () => {
    const avatar = await reencodeAvatar(await picture().png().toBuffer());
    const within = new Uint8Array([1, 2, 3, ...avatar, 4, 5]).subarray(3, -2);
    expect(avatarToColumn(within)).toBe(avatarToColumn(avatar));
  });

  it.each(['png', 'jpeg', 'webp'] as const)('knows the old server’s %s', async (format) => {
    const bytes = new Uint8Array(await picture().toFormat(format).toBuffer());
    expect(avatarFromColumn(dataUrl(format, bytes))).toEqual({ bytes, contentType: `image/${format}` });
  });

  it('takes a picture for nothing else than it is', async () => {
    const png = await picture().png().toBuffer();
    for (const type of ['jpeg', 'webp', 'gif', 'svg+xml', 'PNG'])
      expect(avatarFromColumn(dataUrl(type, png))).toBeNull();
    expect(avatarFromColumn(Buffer.from(png).toString('base64'))).toBeNull();
  });

  it.each([
    ['no picture', null],
    ['empty text', ''],
    ['an address', 'https://example.com/me.png'],
    ['a script', 'javascript:alert(1)'],
    ['an SVG', dataUrl('svg+xml', Buffer.from('<svg onload="alert(1)"/>'))],
    ['HTML that says it is a PNG', dataUrl('png', Buffer.from('<script>alert(1)</script>'))],
    ['an empty data URL', 'data:image/png;base64,'],
    ['a data URL that is no base64', 'data:image/png;base64,<svg/>'],
    ['a data URL with parameters', 'data:image/png;charset=utf-8;base64,iVBORw0KGgo='],
    ['half a group of base64', 'data:image/png;base64,iVBORw0KGgoAA'],
    [
      'more than 64 KiB',
      dataUrl('jpeg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(70_000)])),
    ],
    ['base64 of something', Buffer.from('hello').toString('base64')],
  ])('has none in %s', (_, text) => {
    expect(avatarFromColumn(text)).toBeNull();
  });
});
