import { distance } from 'fastest-levenshtein';
import { thinkingText } from '../../ui/messages/thinking.ts';

const text = thinkingText.prompt;

/** What a prompt may place, in the order people look for it. The server has the list that counts. */
export const PLACEHOLDERS = [
  'totalValue',
  'availableBalance',
  'unrealizedPnl',
  'openPositions',
  'marketData',
  'indicators',
  'history',
  'summary',
  'recentTrades',
  'performance',
  'cooldowns',
  'rules',
  'currentDate',
] as const satisfies readonly (keyof typeof text.stands)[];

export const CANDLE_LENGTHS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;
const MOST_CANDLES = 200;

/** A thing that can be placed, as the help lists it. */
export interface Offered {
  /** With its braces. */
  readonly code: string;
  readonly stands: string;
}

const braced = (name: string): string => `{{${name}}}`;

/** Everything that can be placed; candles of `symbol` as an example to change. */
export function offeredFor(symbol: string): Offered[] {
  const values = PLACEHOLDERS.map((name): Offered => ({ code: braced(name), stands: text.stands[name] }));
  const candles = { code: braced(`candles:${symbol}:1h:24`), stands: text.stands.candles };
  return values.toSpliced(
    values.findIndex(({ code }) => code === '{{history}}'),
    0,
    candles,
  );
}

export interface Mistake {
  /** As it is typed, braces included. */
  readonly code: string;
  readonly message: string;
  /** What is probably meant, braces included; null when nothing is near. */
  readonly nearest: string | null;
}

const BRACES = /\{\{([^{}]{1,100})\}\}/g;

/** A piece of a prompt; `isWrong` marks a placeholder that means nothing. */
export interface Piece {
  readonly text: string;
  readonly isWrong: boolean;
}

/** Splits a prompt at the placeholders that mean nothing. `symbols` are those of the market; none = not known yet. */
export function piecesOf(prompt: string, symbols: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const { 0: code, index } of prompt.matchAll(BRACES)) {
    if (!mistakeIn(code, symbols)) continue;
    pieces.push({ text: prompt.slice(start, index), isWrong: false }, { text: code, isWrong: true });
    start = index + code.length;
  }
  return [...pieces, { text: prompt.slice(start), isWrong: false }];
}

/** What is wrong with the placeholders of a prompt, each once, in their order. */
export function mistakesIn(prompt: string, symbols: readonly string[]): Mistake[] {
  const codes = new Set(Array.from(prompt.matchAll(BRACES), ([code]) => code));
  return [...codes].flatMap((code) => mistakeIn(code, symbols) ?? []);
}

function mistakeIn(code: string, symbols: readonly string[]): Mistake | null {
  const name = code.slice(2, -2).trim();
  if (PLACEHOLDERS.some((known) => known === name)) return null;
  if (/^candles\b/i.test(name)) return mistakeInCandles(code, name, symbols);
  const nearest = nearestOf(name, PLACEHOLDERS);
  return { code, message: text.unknown(code), nearest: nearest === null ? null : braced(nearest) };
}

function mistakeInCandles(code: string, name: string, symbols: readonly string[]): Mistake | null {
  const [, symbol = '', interval, digits] = /^candles:([^:\s]+):([^:\s]+):(\d+)$/.exec(name) ?? [];
  if (interval === undefined)
    return { code, message: `${text.unknown(code)} ${text.candlesForm}`, nearest: null };
  if (!CANDLE_LENGTHS.some((known) => known === interval))
    return { code, message: text.interval(code, CANDLE_LENGTHS.join(', ')), nearest: null };
  const count = Number(digits);
  if (count < 1 || count > MOST_CANDLES)
    return { code, message: text.count(code, String(MOST_CANDLES)), nearest: null };
  if (symbols.length === 0 || symbols.includes(symbol)) return null;
  const near = nearestOf(symbol, symbols);
  const nearest = near === null ? null : braced(`candles:${near}:${interval}:${count}`);
  return { code, message: text.symbol(code), nearest };
}

/** The known name that takes the fewest changes; null when that is more than half of it. */
function nearestOf(name: string, known: readonly string[]): string | null {
  const changes = (candidate: string) => distance(name.toLowerCase(), candidate.toLowerCase());
  const nearest = known.toSorted((a, b) => changes(a) - changes(b))[0];
  return nearest !== undefined && changes(nearest) <= nearest.length / 2 ? nearest : null;
}

/** A placeholder that is being typed. */
export interface Typing {
  /** Where its braces begin. */
  readonly start: number;
  /** Behind what belongs to it, closing braces included. */
  readonly end: number;
  readonly matches: readonly Offered[];
}

/** The placeholder that is being typed at `caret`, with what it may become; null where none is. */
export function typingAt(prompt: string, caret: number, offered: readonly Offered[]): Typing | null {
  const typed = /\{\{\s*([\w:]*)$/.exec(prompt.slice(0, caret));
  if (!typed) return null;
  const [braces, name = ''] = typed;
  const rest = /^[\w:]*\s*\}\}/.exec(prompt.slice(caret))?.[0] ?? '';
  const wanted = name.toLowerCase();
  const inside = ({ code }: Offered): string => code.slice(2, -2).toLowerCase();
  const begin = offered.filter((one) => inside(one).startsWith(wanted));
  const contain = offered.filter((one) => !begin.includes(one) && inside(one).includes(wanted));
  const matches = [...begin, ...contain];
  if (matches.length === 0) return null;
  return { start: caret - braces.length, end: caret + rest.length, matches };
}
