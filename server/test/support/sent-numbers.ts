import type { Decision } from '../../engine/model.ts';

const NUMBERS = ['size', 'leverage', 'stopLoss', 'takeProfit', 'closeFraction', 'confidence'] as const;
/** White space and comments. */
const GAP = String.raw`(?:[\s\u200b\u2060]|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*`;
const NUMBER = String.raw`(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])`;
/** `size": 250`: a key with any quote or none, a colon, and a number without quotes. */
const SENT = new RegExp(String.raw`(${NUMBERS.join('|')})["'”“’‘＂＇]?${GAP}[:：]${GAP}${NUMBER}`, 'g');

/**
 * The number of a decision that nowhere in the raw text stands behind its key as a JSON number, full-width digits included;
 * undefined when there is none. It looks at the text alone and knows nothing of how answers are parsed.
 */
export function findUnsentNumber(text: string, decision: Decision): string | undefined {
  const sent = new Set<string>();
  for (const [, key, number] of plain(text).matchAll(SENT)) sent.add(`${key} ${Number(number)}`);
  const unsent = NUMBERS.find(
    (key) => typeof decision[key] === 'number' && !sent.has(`${key} ${decision[key]}`),
  );
  return unsent === undefined ? undefined : `${unsent} ${decision[unsent]}`;
}

function plain(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_escape, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/[０-９．－＋ｅＥ]/g, (char) => char.normalize('NFKC'));
}
