import { decimalsOf } from '../../../engine/money.ts';
import type { MarketView } from '../../provider.ts';

/** A price or an average in the symbol's own decimals: `67,204.1`. */
export function price(value: number, market: MarketView): string {
  const digits = decimalsOf(market.spec.tickSize);
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A fraction as a signed percentage: `+0.04 %`. */
export function signedPercent(fraction: number, digits = 2): string {
  const text = (fraction * 100).toFixed(digits);
  return `${Number(text) > 0 ? '+' : ''}${text} %`;
}

/** `the widest of 14 symbols`, `number 2 of 14 symbols`. */
export function rank(index: number, count: number, superlative: string): string {
  return index === 0 ? `the ${superlative} of ${count} symbols` : `number ${index + 1} of ${count} symbols`;
}
