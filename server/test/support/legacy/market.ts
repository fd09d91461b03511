import type { OldQuote } from './old-arena.ts';
import { KNOWN_PRICES, TICKERS } from './tickers.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What a price does within days, hours and minutes: period, and swing as a fraction of the price. */
const WAVES = [
  { period: 9 * DAY, swing: 0.11 },
  { period: 29 * HOUR, swing: 0.035 },
  { period: 3 * HOUR, swing: 0.011 },
] as const;

/** Prices of every symbol at any time, the same for the same seed. */
export interface LegacyMarket {
  readonly symbols: readonly string[];
  priceAt(symbol: string, at: number): number;
  /** Rounded as the symbol's prices are. */
  round(symbol: string, price: number): number;
  quotesAt(at: number): OldQuote[];
}

/** Only the four basic operations: the same bytes on every machine. */
export function legacyMarket(seed: number, count: number): LegacyMarket {
  const symbols = TICKERS.slice(0, count).map((ticker) => `${ticker}USDT`);
  if (symbols.length < count) throw new RangeError(`There are ${TICKERS.length} symbols, not ${count}`);
  const terms = new Map(symbols.map((symbol, index) => [symbol, termsOf(symbol, mix(seed, index, 7))]));
  const of = (symbol: string) => {
    const found = terms.get(symbol);
    if (!found) throw new RangeError(`No symbol ${symbol}`);
    return found;
  };
  const priceAt = (symbol: string, at: number) => priceOf(of(symbol), at);
  return {
    symbols,
    priceAt,
    round: (symbol, price) => roundTo(price, of(symbol).decimals),
    quotesAt: (at) =>
      symbols.map((symbol) => {
        const [price, before] = [priceAt(symbol, at), priceAt(symbol, at - DAY)];
        return { symbol, price, price24hChange: roundTo((price / before - 1) * 100, 2) };
      }),
  };
}

interface Terms {
  readonly seed: number;
  readonly base: number;
  readonly decimals: number;
}

function termsOf(symbol: string, seed: number): Terms {
  const base = KNOWN_PRICES[symbol] ?? guessPrice(seed);
  return { seed, base, decimals: decimalsOf(base) };
}

function guessPrice(seed: number): number {
  const scale = [0.004, 0.05, 0.3, 1.4, 9, 40][mix(seed, 1, 1) % 6] ?? 1;
  return scale * (1 + fraction(mix(seed, 2, 2)) * 2);
}

function decimalsOf(price: number): number {
  if (price >= 1000) return 1;
  if (price >= 20) return 2;
  if (price >= 1) return 4;
  return price >= 0.01 ? 5 : 7;
}

function priceOf({ seed, base, decimals }: Terms, at: number): number {
  let factor = 1;
  for (const [i, { period, swing }] of WAVES.entries()) factor += swing * wave(mix(seed, i, 3), at / period);
  return roundTo(base * factor, decimals);
}

/** Between -1 and 1: random heights at whole numbers, smooth between them. */
function wave(seed: number, x: number): number {
  const cell = Math.floor(x);
  const part = x - cell;
  const [from, to] = [fraction(mix(seed, cell, 5)), fraction(mix(seed, cell + 1, 5))];
  return 2 * (from + (to - from) * part * part * (3 - 2 * part)) - 1;
}

function fraction(bits: number): number {
  return bits / 4_294_967_296;
}

function mix(a: number, b: number, c: number): number {
  let h = (a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
