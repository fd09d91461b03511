import { broken, readJsonBlock, type Broken, type JsonBlock } from './json-block.ts';

export type ExtractedJson =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** It was not strict JSON, and had only one reading. */
      readonly isRepaired: boolean;
    }
  | {
      readonly ok: false;
      /** `ambiguous`: more than one reading. `unparseable`: none, or no JSON at all. `too-large`: too many parts. */
      readonly code: Broken['code'];
      /** Goes on after "the answer was refused: ". */
      readonly reason: string;
    };

/** Every bracketed passage costs an attempt to parse it. */
const MAX_PASSAGES = 256;
/** Of all passages together; a hundred decisions with every key have 5,000. */
const MAX_TOKENS = 10_000;
const MARK = /[{[｛［}\]｝］]|<(?:think|thinking|thought|reasoning)>/gi;
const THOUGHTS_END = /<\/(?:think|thinking|thought|reasoning)>/gi;
const UNMATCHED = broken('unparseable', 'its JSON does not parse: the brackets do not match');
const TOO_MANY = broken('too-large', `it holds more than ${MAX_PASSAGES} passages in brackets`);
/** In strict JSON no line inside a text can begin so. */
const LONE_THOUGHTS_END = /^[ \t]*<\/(?:think|thinking|thought|reasoning)>/gim;

/**
 * The one JSON value in a model's answer. A byte order mark, code fences, thoughts (`<think>…</think>`) and prose around
 * it are passed over; so are brackets that hold prose (`[BTC, ETH]`, no double quotes and no `{key:` inside) and lists of
 * bare values (`[1]`, a footnote). JSON that is not strict is repaired as `readJsonBlock` says. Everything ambiguous is
 * refused as a whole: a second value, text that breaks off or does not parse, brackets that do not match, a key that
 * appears twice in one object, nesting deeper than 32. Takes a time linear in the length of the text.
 */
export function extractJson(text: string): ExtractedJson {
  let found: ExtractedJson | undefined;
  for (const block of readBlocks(text)) {
    if (block.kind === 'broken') return refuse(block);
    if (block.kind === 'prose' || !isAnswer(block.value)) continue;
    if (found)
      return refuse(
        broken('ambiguous', 'it holds more than one JSON value, so which one is meant is unclear'),
      );
    found = { ok: true, value: block.value, isRepaired: block.isRepaired };
  }
  return found ?? refuse(broken('unparseable', 'it holds no JSON object or list'));
}

/** The bracketed passages outside thoughts. */
function* readBlocks(text: string): Generator<JsonBlock> {
  let mark = find(MARK, text, endOfLoneThoughts(text));
  let maxTokens = MAX_TOKENS;
  for (let passages = 0; mark; passages += 1) {
    const block = passages === MAX_PASSAGES ? TOO_MANY : readPassage(text, mark, maxTokens);
    yield block;
    if (block.kind === 'broken') break;
    maxTokens -= block.tokens;
    mark = find(MARK, text, block.end);
  }
}

function readPassage(text: string, { index: start, 0: mark }: RegExpExecArray, maxTokens: number): JsonBlock {
  if (mark.startsWith('<')) return readThoughts(text, start);
  // The beginning of what it closes is lost, or there is one end too many.
  if (/[}\]｝］]/.test(mark)) return UNMATCHED;
  return readJsonBlock(text, { start, maxTokens });
}

function readThoughts(text: string, start: number): JsonBlock {
  const tag = find(THOUGHTS_END, text, start);
  if (!tag) return broken('unparseable', 'its thoughts break off before the end');
  return { kind: 'prose', end: tag.index + tag[0].length, tokens: 0 };
}

/** Some templates swallow the opening tag: then all that stands before the last closing tag is thoughts. */
function endOfLoneThoughts(text: string): number {
  const first = find(MARK, text, 0);
  let end = 0;
  if (!first?.[0].startsWith('<'))
    for (const tag of text.matchAll(LONE_THOUGHTS_END)) end = tag.index + tag[0].length;
  return end;
}

/** Lists without any object in them (`[30, 70]`) are prose; the empty list is an answer. */
function isAnswer(value: unknown): boolean {
  if (!Array.isArray(value)) return true;
  return value.length === 0 || value.some((element) => typeof element === 'object' && element !== null);
}

function find(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

function refuse({ code, reason }: Broken): ExtractedJson {
  return { ok: false, code, reason };
}
