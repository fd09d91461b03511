import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const CODE_BYTES = 16;
/** No I, L, O, U: nothing that is misread, and no words. */
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS_A_GROUP = 4;

/** 256 random bits; the database keeps only their hash. @param prefix tells what it is when it turns up somewhere. */
export function newToken(prefix: 'ars' | 'ark' | 'arr'): string {
  return `${prefix}_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** 128 random bits for a person to write down: 26 letters and digits in groups of four. */
export function newCode(): string {
  let bits = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`);
  let letters = '';
  for (let i = 0; i < Math.ceil((CODE_BYTES * 8) / 5); i += 1) {
    letters += CODE_LETTERS[Number(bits & 31n)];
    bits >>= 5n;
  }
  return letters.match(new RegExp(`.{1,${LETTERS_A_GROUP}}`, 'g'))?.join('-') ?? letters;
}

/** SHA-256 as hex. Enough for random tokens: nobody guesses 128 bits, however fast. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A code as it was meant: without spaces, dashes and small letters. */
export function hashCode(code: string): string {
  return hashToken(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''));
}
