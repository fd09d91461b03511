import { messages } from './messages.ts';
import { providersText } from './messages/providers.ts';

const text = providersText.price;

/** USD for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of tokens the vendor had kept; null = as `input`. */
  readonly cachedInput: number | null;
}

/** 0.25 -> `$0.25`, 0.025 -> `$0.025`, 15 -> `$15.00`. */
export function perMillion(usd: number): string {
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 })}`;
}

/** `$0.25 in · $2.00 out`; `free` when nothing costs anything, `—` when it is not known. */
export function priceInWords(price: ModelPrice | null): string {
  if (price === null) return messages.none;
  if (price.input === 0 && price.output === 0) return text.free;
  return text.inOut(perMillion(price.input), perMillion(price.output));
}
