import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashCode, hashToken, newCode, newToken } from './tokens.ts';

describe('newToken', () => {
  it('holds 256 bits after a prefix that tells what it is, never twice the same', () => {
    const tokens = Array.from({ length: 1000 }, () => newToken('ark'));
    for (const token of tokens) expect(token).toMatch(/^ark_[\w-]{43}$/);
    expect(new Set(tokens).size).toBe(1000);
  });
});

describe('newCode', () => {
  it('holds 128 bits in letters that are not misread', () => {
    const codes = Array.from({ length: 1000 }, newCode);
    for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
    expect(new Set(codes).size).toBe(1000);
  });

  it('uses every letter at every place but the last, which holds three bits', () => {
    const codes = Array.from({ length: 4000 }, () => newCode().replaceAll('-', ''));
    for (let place = 0; place < 25; place += 1)
      expect(new Set(codes.map((code) => code[place])).size).toBe(32);
    expect(new Set(codes.map((code) => code[25])).size).toBe(8);
  });
});

describe('hashes', () => {
  it('of a code are the same however it is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(' ', '-', '')), (gaps) => {
        const code = newCode();
        const typed = code
          .replaceAll('-', '')
          .split('')
          .map((letter, i) => `${gaps[i] ?? ''}${letter.toLowerCase()}`)
          .join('');
        expect(hashCode(typed)).toBe(hashCode(code));
      }),
    );
  });

  it('of two tokens differ, and tell nothing', () => {
    const token = newToken('ars');
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashToken(token)).not.toBe(hashToken(`${token}x`));
  });
});
