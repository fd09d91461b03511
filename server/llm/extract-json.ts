export type ExtractedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

const MAX_DEPTH = 32;
const CLOSER: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/**
 * The one JSON value in a model's answer. A byte order mark, code fences and prose around it are passed over;
 * so are brackets that hold prose (`[BTC, ETH]`, no quotes inside) and lists of bare values (`[1]`, a footnote).
 * Everything ambiguous is refused as a whole: a second value, text that breaks off or does not parse,
 * a key that appears twice in one object, nesting deeper than 32.
 */
export function extractJson(text: string): ExtractedJson {
  let found: { value: unknown } | undefined;
  let at = nextBracket(text, 0);
  while (at >= 0) {
    const block = readBlock(text, at);
    if (!block.ok) return block;
    if (block.value !== undefined) {
      if (found) return refuse('it holds more than one JSON value, so which one is meant is unclear');
      found = { value: block.value };
    }
    at = nextBracket(text, block.end);
  }
  return found ? { ok: true, value: found.value } : refuse('it holds no JSON object or list');
}

type Block = { ok: true; value: unknown; end: number } | { ok: false; reason: string };

/** Reads the bracketed block at `start`; `value` is undefined when it is prose. */
function readBlock(text: string, start: number): Block {
  const span = matchBrackets(text, start);
  if (!span.ok) return span;
  const block = text.slice(start, span.end);
  const parsed = tryParse(block);
  if (!parsed) {
    if (!block.includes('"')) return { ok: true, value: undefined, end: span.end };
    return refuse('its JSON does not parse');
  }
  const duplicate = findDuplicateKey(block);
  if (duplicate !== undefined) {
    return refuse(`the key "${duplicate.slice(0, 40)}" appears twice in one object`);
  }
  return { ok: true, value: isAnswer(parsed.value) ? parsed.value : undefined, end: span.end };
}

/** Lists without any object in them (`[30, 70]`) are prose; the empty list is an answer. */
function isAnswer(value: unknown): boolean {
  if (!Array.isArray(value)) return true;
  return value.length === 0 || value.some((element) => typeof element === 'object' && element !== null);
}

function matchBrackets(
  text: string,
  start: number,
): { ok: true; end: number } | { ok: false; reason: string } {
  const expected: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    const closer = CLOSER[char];
    if (closer) {
      expected.push(closer);
      if (expected.length > MAX_DEPTH) return refuse(`it is nested deeper than ${MAX_DEPTH}`);
    } else if (char === '}' || char === ']') {
      if (expected.pop() !== char) return refuse('its JSON does not parse: the brackets do not match');
      if (expected.length === 0) return { ok: true, end: at + 1 };
    } else if (char === '"') {
      at = stringEnd(text, at);
    }
  }
  return refuse('its JSON breaks off before the end');
}

/** Index of the quote that ends the string starting at `start`; the text's length when none does. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '"') return at;
  }
  return text.length;
}

/** `json` is known to parse; JSON.parse itself keeps the last of two equal keys in silence. */
function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charAt(at);
    if (CLOSER[char]) open.push(new Set());
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = stringEnd(json, at);
      const keys = open.at(-1);
      if (keys && isKey(json, end + 1)) {
        const key = String(JSON.parse(json.slice(at, end + 1)));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

function isKey(json: string, from: number): boolean {
  let at = from;
  while (' \t\r\n'.includes(json.charAt(at)) && at < json.length) at += 1;
  return json.charAt(at) === ':';
}

function nextBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (CLOSER[text.charAt(at)]) return at;
  return -1;
}

function tryParse(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuse(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
