import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openText, sealText, UnreadableSecretError } from './sealed-text.ts';

const seal = { key: createSecretKey(randomBytes(32)), boundTo: ['table', 'row', 1] };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function opens(text: string): boolean {
  try {
    openText(seal, text, 'It');
    return true;
  } catch (error) {
    if (error instanceof UnreadableSecretError) return false;
    throw error;
  }
}

/** Every text that differs in one bit of the text itself, and, at each letter, in one of its six bits of data. */
function* withOneBitFlipped(text: string): Generator<string> {
  for (let i = 0; i < text.length; i += 1) {
    const put = (letter: string) => text.slice(0, i) + letter + text.slice(i + 1);
    for (let bit = 0; bit < 8; bit += 1) yield put(String.fromCodePoint(text.charCodeAt(i) ^ (1 << bit)));
    const value = ALPHABET.indexOf(text.charAt(i));
    if (value >= 0) for (let bit = 0; bit < 6; bit += 1) yield put(ALPHABET.charAt(value ^ (1 << bit)));
  }
}

it.each(['', 'k', 'ab', 'secret', 'a rather longer secret, with 41 letters'])(
  'opens as sealed, and not with any bit flipped: "%s"',
  (plain) => {
    const sealed = sealText(seal, Buffer.from(plain));
    expect(openText(seal, sealed, 'It').toString()).toBe(plain);
    const changed = [...withOneBitFlipped(sealed)];
    expect(changed.length).toBeGreaterThan(sealed.length * 12);
    expect(changed.filter((text) => opens(text))).toEqual([]);
  },
);

it.each([
  ['nothing', () => ''],
  ['a plain text', () => 'sk-live-0123456789'],
  ['another version', (text: string) => text.replace('v1', 'v2')],
  ['a part too many', (text: string) => `${text}.`],
  ['a part too few', (text: string) => text.slice(0, text.lastIndexOf('.'))],
  ['padding', (text: string) => `${text}==`],
  ['white space', (text: string) => `${text}\n`],
  ['a tag cut short', (text: string) => text.replace(/^(v1\.[^.]*\..{6})[^.]*/, '$1')],
  ['a nonce cut short', (text: string) => text.replace(/^(v1\..{4})[^.]*/, '$1')],
  ['no nonce', (text: string) => text.replace(/^v1\.[^.]*/, 'v1.')],
])('does not open %s', (_, change) => {
  const changed = change(sealText(seal, Buffer.from('a secret of 22 letters')));
  expect(() => openText(seal, changed, 'It')).toThrow(UnreadableSecretError);
});

it('binds to the key and to every part of the place', () => {
  const sealed = sealText(seal, Buffer.from('secret'));
  const others = [
    { ...seal, key: createSecretKey(randomBytes(32)) },
    { ...seal, boundTo: ['table', 'row', 2] },
    { ...seal, boundTo: ['table', 'row', '1'] },
    { ...seal, boundTo: ['tabl', 'erow', 1] },
    { ...seal, boundTo: [] },
  ];
  for (const other of others) expect(() => openText(other, sealed, 'It')).toThrow(UnreadableSecretError);
});

it('never uses a nonce twice in a million', { timeout: 120_000 }, () => {
  const plain = Buffer.from('secret');
  /** Of nonces whose first 8 bytes differ, none are the same. */
  const starts = new BigUint64Array(1_000_000);
  for (let i = 0; i < starts.length; i += 1) {
    const nonce = Buffer.from(sealText(seal, plain).split('.', 2)[1] ?? '', 'base64url');
    if (nonce.length !== 12) throw new Error(`a nonce of ${nonce.length} bytes`);
    starts[i] = nonce.readBigUInt64BE();
  }
  starts.sort();
  expect(starts.findIndex((start, i) => start === starts[i - 1])).toBe(-1);
});
