import { CANDLE_INTERVALS, type CandleInterval } from '../tools/world.ts';

/** How often a template can place each, so that a short one cannot make a prompt of any length. */
const MAX_PLACES = {
  totalValue: Infinity,
  availableBalance: Infinity,
  unrealizedPnl: Infinity,
  currentDate: Infinity,
  openPositions: 100,
  marketData: 100,
  cooldowns: 100,
  rules: 100,
  performance: 100,
  recentTrades: 10,
  indicators: 10,
  summary: 10,
  history: 10,
};
export type Placeholder = keyof typeof MAX_PLACES;

export const PLACEHOLDERS: ReadonlyMap<string, Placeholder> = new Map(
  (Object.keys(MAX_PLACES) as Placeholder[]).map((name) => [name, name]),
);

export const MAX_CANDLES = 200;
/** Of all tables of candles together. */
export const MAX_CANDLE_ROWS = 2000;

/** A table of closed candles that a template asks for. */
export interface CandleTable {
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** 1 to 200. */
  readonly count: number;
}

/** A piece of a template. `unknown` is braces that stay as they are. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: Placeholder }
  | { readonly kind: 'candles'; readonly table: CandleTable }
  | { readonly kind: 'unknown'; readonly text: string; readonly because: UnknownCause };

export type UnknownCause = 'name' | 'interval' | 'count' | 'too-often' | 'too-many-rows';

type Placed = Exclude<TemplatePart, { kind: 'text' }>;

const BRACES = /\{\{([^{}]{1,100})\}\}/g;
const CANDLES = /^candles:([^:\s]{1,40}):([^:\s]{1,10}):(\d{1,10})$/;

/** Splits a template at its placeholders, in order. Blanks inside the braces do not count. Linear; never throws. */
export function parseTemplate(template: string): { readonly parts: readonly TemplatePart[] } {
  const parts: TemplatePart[] = [];
  const limits = new Limits();
  let start = 0;
  for (const { 0: text, 1: inside = '', index } of template.matchAll(BRACES)) {
    if (index > start) parts.push({ kind: 'text', text: template.slice(start, index) });
    parts.push(limits.keep(readPlaceholder(inside.trim(), text), text));
    start = index + text.length;
  }
  if (start < template.length) parts.push({ kind: 'text', text: template.slice(start) });
  return { parts };
}

/** The tables of candles that the template places, each once. Whether their symbols exist is not known here. */
export function candlesNeeded(template: string): readonly CandleTable[] {
  const tables = parseTemplate(template).parts.flatMap((part) =>
    part.kind === 'candles' ? [part.table] : [],
  );
  return [...new Map(tables.map((table) => [candlesKey(table), table])).values()];
}

/** Under which the candles of a table are handed to `renderPrompt`: `SYMBOL:INTERVAL:N`. */
export function candlesKey({ symbol, interval, count }: CandleTable): string {
  return `${symbol}:${interval}:${count}`;
}

function readPlaceholder(name: string, text: string): Placed {
  const known = PLACEHOLDERS.get(name);
  if (known) return { kind: 'value', name: known };
  const [, symbol, interval, digits] = CANDLES.exec(name) ?? [];
  if (symbol === undefined) return unknown(text, 'name');
  const knownInterval = CANDLE_INTERVALS.find((candidate) => candidate === interval);
  if (!knownInterval) return unknown(text, 'interval');
  const count = Number(digits);
  if (!(count >= 1 && count <= MAX_CANDLES)) return unknown(text, 'count');
  return { kind: 'candles', table: { symbol, interval: knownInterval, count } };
}

function unknown(text: string, because: UnknownCause): Placed {
  return { kind: 'unknown', text, because };
}

/** Counts what one template places, and leaves what is too much as it is. */
class Limits {
  readonly #places = new Map<Placeholder, number>();
  #rows = 0;

  keep(part: Placed, text: string): Placed {
    if (part.kind === 'value' && !this.#hasPlace(part.name)) return unknown(text, 'too-often');
    if (part.kind === 'candles' && !this.#hasRows(part.table)) return unknown(text, 'too-many-rows');
    return part;
  }

  #hasPlace(name: Placeholder): boolean {
    const places = (this.#places.get(name) ?? 0) + 1;
    this.#places.set(name, places);
    return places <= MAX_PLACES[name];
  }

  #hasRows({ count }: CandleTable): boolean {
    if (this.#rows + count > MAX_CANDLE_ROWS) return false;
    this.#rows += count;
    return true;
  }
}
