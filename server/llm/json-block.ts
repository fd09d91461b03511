import {
  blankEnd,
  isPlainBlank,
  literalOf,
  PUNCTUATION,
  quoteEnd,
  QUOTES,
  strictString,
  wordEnd,
} from './json-tokens.ts';

/** What a bracketed passage of a text is. */
export type JsonBlock =
  | ({ readonly kind: 'json'; readonly value: unknown; readonly isRepaired: boolean } & Extent)
  | ({ readonly kind: 'prose' } & Extent)
  | Broken;

interface Extent {
  /** Index after its last bracket. */
  readonly end: number;
  /** Of how many words, texts and marks it is made. */
  readonly tokens: number;
}

export interface Broken {
  readonly kind: 'broken';
  readonly code: 'unparseable' | 'ambiguous' | 'too-large';
  /** Goes on after "the answer was refused: ". */
  readonly reason: string;
}

const MAX_DEPTH = 32;
const CLOSER: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

type Kind = 'opener' | 'closer' | 'comma' | 'colon' | 'string' | 'word';

interface Scan {
  readonly text: string;
  at: number;
  /** Strict JSON of what lies before `copied`. */
  json: string;
  copied: number;
  isRepaired: boolean;
  /** Of each open bracket: what closes it, and in an object the keys so far. */
  readonly open: { readonly closer: string; readonly keys: Set<string> | null }[];
  tokens: number;
  last: Kind;
  lastStart: number;
  lastEnd: number;
  /** It has words that JSON does not know. */
  hasWords: boolean;
  /** It has double quotes, or a key and a colon in curly brackets: nobody writes prose so. */
  isJsonLike: boolean;
  duplicate: string | null;
  broken: Broken | null;
}

/**
 * Reads the bracketed passage that starts at `start`, in one pass and a time linear in its length. Where it is not strict
 * JSON it is made so if only one reading is possible: comments, trailing commas, keys without quotes, single and curly
 * quotes, full-width punctuation and digits, True, False and None, raw line breaks in texts. Nothing is added that is not
 * there: no bracket, no quote, no comma, no value. The digits of a number and the content of a text stay as they are.
 */
export function readJsonBlock(
  text: string,
  { start, maxTokens }: { start: number; maxTokens: number },
): JsonBlock {
  const scan: Scan = {
    text,
    at: start,
    json: '',
    copied: start,
    isRepaired: false,
    open: [],
    tokens: 0,
    last: 'opener',
    lastStart: start,
    lastEnd: start,
    hasWords: false,
    isJsonLike: false,
    duplicate: null,
    broken: null,
  };
  do {
    readBlank(scan);
    if (scan.at >= text.length) return broken('unparseable', 'its JSON breaks off before the end');
    scan.tokens += 1;
    if (scan.tokens > maxTokens) return broken('too-large', 'its JSON has more parts than any answer needs');
    readToken(scan);
    if (scan.broken) return scan.broken;
  } while (scan.open.length > 0);
  return judge(scan);
}

function judge(scan: Scan): JsonBlock {
  const { at: end, tokens, isRepaired, duplicate } = scan;
  const parsed = scan.hasWords ? undefined : tryParse(scan.json + scan.text.slice(scan.copied, end));
  if (!parsed) {
    return scan.isJsonLike
      ? broken('unparseable', 'its JSON does not parse')
      : { kind: 'prose', end, tokens };
  }
  if (duplicate !== null)
    return broken('ambiguous', `the key "${duplicate.slice(0, 40)}" appears twice in one object`);
  return { kind: 'json', value: parsed.value, isRepaired, end, tokens };
}

function readBlank(scan: Scan): void {
  const end = blankEnd(scan.text, scan.at);
  if (!isPlainBlank(scan.text, scan.at, end)) replace(scan, end, ' ');
  scan.at = end;
}

function readToken(scan: Scan): void {
  const char = scan.text.charAt(scan.at);
  const mark = PUNCTUATION[char];
  if (mark !== undefined) return readMark(scan, mark);
  const closers = QUOTES[char];
  if (closers === undefined) return readWord(scan);
  // An apostrophe opens a text only where one may begin.
  const isDouble = closers.includes('"') || closers.includes('”');
  if (isDouble || scan.last === 'opener' || scan.last === 'comma' || scan.last === 'colon')
    return readString(scan, closers, isDouble);
  return readWord(scan);
}

function readMark(scan: Scan, mark: string): void {
  const end = scan.at + 1;
  switch (mark) {
    case '{':
    case '[':
      scan.open.push({ closer: CLOSER[mark] ?? '', keys: mark === '{' ? new Set() : null });
      if (scan.open.length > MAX_DEPTH)
        scan.broken = broken('unparseable', `it is nested deeper than ${MAX_DEPTH}`);
      return took(scan, 'opener', { end, strict: mark });
    case '}':
    case ']':
      if (scan.open.pop()?.closer !== mark)
        scan.broken = broken('unparseable', 'its JSON does not parse: the brackets do not match');
      return took(scan, 'closer', { end, strict: mark });
    case ':':
      readKey(scan);
      return took(scan, 'colon', { end, strict: mark });
    default:
      return took(scan, 'comma', { end, strict: isTrailingComma(scan) ? '' : mark });
  }
}

function isTrailingComma({ text, at, last }: Scan): boolean {
  if (last === 'opener' || last === 'comma' || last === 'colon') return false;
  const next = PUNCTUATION[text.charAt(blankEnd(text, at + 1))];
  return next === '}' || next === ']';
}

/** What stood before a colon: JSON.parse would keep the last of two equal keys in silence. */
function readKey(scan: Scan): void {
  const keys = scan.open.at(-1)?.keys;
  if (!keys || (scan.last !== 'string' && scan.last !== 'word')) return;
  scan.isJsonLike = true;
  const { text, lastStart, lastEnd } = scan;
  const quotes = scan.last === 'string' ? 1 : 0;
  const raw = text.slice(lastStart + quotes, lastEnd - quotes);
  const key = raw.includes('\\') ? tryParse(strictString(raw))?.value : raw;
  if (typeof key !== 'string') {
    scan.broken = broken('unparseable', 'its JSON does not parse');
  } else if (keys.has(key)) scan.duplicate ??= key;
  else keys.add(key);
}

function readString(scan: Scan, closers: string, isDouble: boolean): void {
  const { text, at } = scan;
  const end = quoteEnd(text, at + 1, closers);
  const raw = text.slice(at + 1, end);
  if (isDouble) scan.isJsonLike = true;
  if (isDouble && closers !== '"' && raw.includes('"'))
    scan.broken = broken('ambiguous', 'straight and curly quotes are mixed, so where a text ends is unclear');
  if (end < text.length) took(scan, 'string', { end: end + 1, strict: strictString(raw) });
  else scan.at = text.length;
}

function readWord(scan: Scan): void {
  const { text, at } = scan;
  const end = wordEnd(text, at);
  const word = text.slice(at, end);
  const isKey = scan.open.at(-1)?.keys && PUNCTUATION[text.charAt(blankEnd(text, end))] === ':';
  const strict = isKey ? keyOf(word) : literalOf(word);
  if (strict === undefined) scan.hasWords = true;
  took(scan, 'word', { end, strict: strict ?? word });
}

function keyOf(word: string): string | undefined {
  return /^[A-Za-z_$][\w$]*$/.test(word) ? `"${word}"` : undefined;
}

/** Takes the token that ends at `end`, which is `strict` in strict JSON. */
function took(scan: Scan, kind: Kind, { end, strict }: { end: number; strict: string }): void {
  const { text, at } = scan;
  scan.last = kind;
  scan.lastStart = at;
  scan.lastEnd = end;
  if (strict.length !== end - at || !text.startsWith(strict, at)) replace(scan, end, strict);
  scan.at = end;
}

function replace(scan: Scan, end: number, strict: string): void {
  scan.json += scan.text.slice(scan.copied, scan.at) + strict;
  scan.copied = end;
  scan.isRepaired = true;
}

function tryParse(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Refuses the answer as a whole. */
export function broken(code: Broken['code'], reason: string): Broken {
  return { kind: 'broken', code, reason };
}
