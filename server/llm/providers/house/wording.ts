import { decimalsOf } from '../../../engine/money.ts';
import type { MarketView } from '../../provider.ts';

/** A price or an average in the symbol's own decimals: `67,204.1`. */
export function price(value: number, market: MarketView): string {
  return formatOf(decimalsOf(market.spec.tickSize)).format(value);
}

const formats = new Map<number, Intl.NumberFormat>();

/** Making a format costs a hundred times what using it does. */
function formatOf(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known) return known;
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(digits, format);
  return format;
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
