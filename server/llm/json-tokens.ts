/** The six marks of JSON and the full-width forms that stand for them. */
export const PUNCTUATION: Readonly<Partial<Record<string, string>>> = {
  '{': '{',
  '}': '}',
  '[': '[',
  ']': ']',
  ':': ':',
  ',': ',',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '：': ':',
  '，': ',',
};

/** What opens a text, and which characters may close it. */
export const QUOTES: Readonly<Partial<Record<string, string>>> = {
  '"': '"',
  "'": "'",
  '“': '“”',
  '”': '“”',
  '„': '“”',
  '＂': '＂”',
  '‘': '‘’',
  '’': '‘’',
  '＇': '＇',
};

const LITERALS: Readonly<Partial<Record<string, string>>> = {
  true: 'true',
  false: 'false',
  null: 'null',
  True: 'true',
  False: 'false',
  None: 'null',
};

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const FULL_WIDTH = /[０-９．－＋ｅＥ]+/g;
const BLANKS = /[\s\u200b\u2060]*/y;
const STRICT_BLANKS = /[ \t\r\n]*/y;
const WORD = /[^{}[\]:,"/\s\u200b\u2060｛｝［］：，“”]*/y;
const ADDRESS = /[^{}[\]\s"]*/y;
const COMMENT_STARTS: ReadonlySet<string> = new Set(['//', '/*']);

/** Index of the first character at or after `at` that is neither white space nor part of a comment. */
export function blankEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    const from = end;
    end = endOf(BLANKS, text, from);
    if (text.startsWith('//', end)) end = orEnd(text, text.indexOf('\n', end));
    else if (text.startsWith('/*', end)) end = orEnd(text, text.indexOf('*/', end + 2), 2);
    if (end === from) return end;
  }
}

/** Where what matches from `at` ends; the pattern is sticky and matches nothing, too. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function orEnd(text: string, found: number, length = 0): number {
  return found < 0 ? text.length : found + length;
}

/** Whether strict JSON may have this between its tokens. */
export function isPlainBlank(text: string, start: number, end: number): boolean {
  return endOf(STRICT_BLANKS, text, start) >= end;
}

/** Index of the quote that ends the text whose content starts at `at`; the text's length when none does. */
export function quoteEnd(text: string, at: number, closers: string): number {
  const [first, second] = [closers.charCodeAt(0), closers.charCodeAt(closers.length - 1)];
  for (let end = at; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === first || code === second) return end;
    if (code === 0x5c) end += 1;
  }
  return text.length;
}

/** Content between two quotes as a strict JSON string; escapes that JSON does not know stay, for JSON.parse to refuse. */
export function strictString(raw: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f"]|\\'/.test(raw)) return `"${raw}"`;
  // oxlint-disable-next-line no-control-regex
  return `"${raw.replaceAll(/\\[^]|[\u0000-\u001f"]+/g, strictRun)}"`;
}

function strictRun(found: string): string {
  if (found === "\\'") return "'";
  return found.startsWith('\\') ? found : JSON.stringify(found).slice(1, -1);
}

/** Index after the word or number that starts at `at`; an address such as https://a.b is one word. */
export function wordEnd(text: string, at: number): number {
  let end = at + 1;
  for (;;) {
    end = endOf(WORD, text, end);
    if (text.startsWith('://', end)) return endOf(ADDRESS, text, end);
    if (text.startsWith('/', end) && !COMMENT_STARTS.has(text.slice(end, end + 2))) end += 1;
    else return end;
  }
}

/** A number or literal in strict JSON; undefined when the word is neither. */
export function literalOf(word: string): string | undefined {
  if (NUMBER.test(word)) return word;
  const literal = Object.hasOwn(LITERALS, word) ? LITERALS[word] : undefined;
  if (literal !== undefined) return literal;
  const folded = word.replaceAll(FULL_WIDTH, (found) => found.normalize('NFKC'));
  return NUMBER.test(folded) ? folded : undefined;
}
