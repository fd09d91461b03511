import { distance } from 'fastest-levenshtein';
import { CANDLE_INTERVALS } from '../tools/world.ts';
import {
  candlesKey,
  MAX_CANDLE_ROWS,
  MAX_CANDLES,
  parseTemplate,
  PLACEHOLDERS,
  type TemplatePart,
  type UnknownCause,
} from './template.ts';

/** What is wrong with a placeholder, in a sentence for the template's author. */
export interface TemplateProblem {
  /** As the template has it, braces included. */
  readonly placeholder: string;
  readonly message: string;
}

const MAX_PROBLEMS = 20;
const CANDLES_FORM = 'candles:SYMBOL:INTERVAL:N';

/**
 * What keeps a template from being saved: placeholders that mean nothing, tables of candles that do not exist, and too
 * much of either. At most 20, in the order of the template, each placeholder once.
 */
export function templateProblems(
  template: string,
  { symbols }: { readonly symbols: readonly string[] },
): readonly TemplateProblem[] {
  const problems = new Map<string, TemplateProblem>();
  for (const part of parseTemplate(template).parts) {
    const problem = problemOf(part, symbols);
    if (problem && !problems.has(problem.placeholder)) problems.set(problem.placeholder, problem);
    if (problems.size === MAX_PROBLEMS) break;
  }
  return [...problems.values()];
}

function problemOf(part: TemplatePart, symbols: readonly string[]): TemplateProblem | undefined {
  if (part.kind === 'unknown') {
    const name = nameIn(part.text);
    return { placeholder: part.text, message: MESSAGES[part.because](`{{${name}}}`, name) };
  }
  if (part.kind !== 'candles' || symbols.includes(part.table.symbol)) return undefined;
  const { symbol } = part.table;
  const placeholder = `{{candles:${candlesKey(part.table)}}}`;
  const nearest = nearestOf(symbol, symbols);
  const hint = nearest === undefined ? '' : `: did you mean ${nearest}?`;
  return { placeholder, message: `unknown symbol ${symbol} in ${placeholder}${hint}` };
}

const MESSAGES: Readonly<Record<UnknownCause, (placeholder: string, name: string) => string>> = {
  name: unknownName,
  interval: (placeholder) =>
    `unknown interval in ${placeholder}: it is one of ${CANDLE_INTERVALS.join(', ')}`,
  count: (placeholder) => `wrong number of candles in ${placeholder}: it is 1 to ${MAX_CANDLES}`,
  'too-often': (placeholder) => `${placeholder} is placed too often`,
  'too-many-rows': (placeholder) =>
    `${placeholder} is too much: all tables of candles together have at most ${MAX_CANDLE_ROWS} rows`,
};

function unknownName(placeholder: string, name: string): string {
  if (/^candles\b/i.test(name))
    return `unknown placeholder ${placeholder}: candles are placed as {{${CANDLES_FORM}}}, such as {{candles:BTCUSDT:1h:50}}`;
  const nearest = nearestOf(name, [...PLACEHOLDERS.keys()]);
  if (nearest !== undefined) return `unknown placeholder ${placeholder}: did you mean {{${nearest}}}?`;
  const known = [...PLACEHOLDERS.keys(), CANDLES_FORM].join(', ');
  return `unknown placeholder ${placeholder}: there are ${known}`;
}

/** The known name that takes the fewest changes; undefined when that is more than half of it. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const changes = (candidate: string) => distance(name.toLowerCase(), candidate.toLowerCase());
  const nearest = known.toSorted((a, b) => changes(a) - changes(b))[0];
  return nearest !== undefined && changes(nearest) <= nearest.length / 2 ? nearest : undefined;
}

/** Control characters of a template do not reach a message. */
function nameIn(text: string): string {
  return text
    .slice(2, -2)
    .toWellFormed()
    .replaceAll(/\p{C}+/gu, ' ')
    .trim();
}
