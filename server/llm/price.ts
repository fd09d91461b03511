import type { TokenUsage } from './chat.ts';
import type { ModelPrice } from './provider.ts';

/** Prices are known to this part of a micro-USD a token. */
const GRID = 1_000_000;

/**
 * What a call costs in whole micro-USD, rounded up, exact for every safe integer; cached tokens at their own price.
 * A price of 1 USD for a million tokens is 1 micro-USD a token. null when the price is not known.
 */
export function costMicros(usage: TokenUsage, price: ModelPrice | null): number | null {
  if (!price) return null;
  const cached = Math.min(usage.tokensCached, usage.tokensIn);
  const total =
    onGrid(usage.tokensIn - cached, price.input) +
    onGrid(cached, price.cachedInput ?? price.input) +
    onGrid(usage.tokensOut, price.output);
  return Number((total + BigInt(GRID) - 1n) / BigInt(GRID));
}

function onGrid(tokens: number, price: number): bigint {
  return BigInt(tokens) * BigInt(Math.round(price * GRID));
}
