import { createRequire } from 'node:module';
import type * as o200k from 'gpt-tokenizer/encoding/o200k_base';

type Encoding = typeof o200k;

/** Pieces of text that are counted on their own; what they encode to is remembered by the encoding. */
const REMEMBERED_PIECES = 5000;
const LONGEST_RUN = 256;
/** A prompt has no commands: what looks like a special token is text. */
const PLAIN_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
const RUNS = new RegExp(
  [`[\\p{L}\\p{M}]`, `[^\\s\\p{L}\\p{N}]`, `\\s`].map((kind) => `${kind}{1,${LONGEST_RUN}}`).join('|'),
  'gu',
);

let encoding: Encoding | undefined;

/**
 * Tokens of the text by the o200k encoding, which is close for other vendors' models too. Any text is text, special
 * tokens and lone surrogates included. The first call loads some megabytes of tables, in about 0.2 s. The time is linear:
 * a run of more than 256 letters, marks or blanks is counted in pieces, which may add a token at each seam.
 */
export function countTokens(text: string): number {
  encoding ??= loadEncoding();
  let count = 0;
  let start = 0;
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    if (run.length < LONGEST_RUN) continue;
    const end = index + run.length;
    count += encoding.countTokens(text.slice(start, end), PLAIN_TEXT);
    start = end;
  }
  return count + encoding.countTokens(text.slice(start), PLAIN_TEXT);
}

/** Loaded when something is counted: a server that asks no model has no use for it. */
function loadEncoding(): Encoding {
  const loaded = createRequire(import.meta.url)('gpt-tokenizer/encoding/o200k_base') as Encoding;
  loaded.setMergeCacheSize(REMEMBERED_PIECES);
  return loaded;
}
