import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costMicros } from './price.ts';

const usage = (tokensIn: number, tokensCached: number, tokensOut: number) => ({
  tokensIn,
  tokensCached,
  tokensOut,
});

describe('the cost of a call', () => {
  it('is tokens by price, cached ones at their own', () => {
    const price = { input: 3, output: 15, cachedInput: 0.3 };
    expect(costMicros(usage(1000, 400, 200), price)).toBe(600 * 3 + 400 * 0.3 + 200 * 15);
    expect(costMicros(usage(1000, 400, 200), { ...price, cachedInput: null })).toBe(1000 * 3 + 200 * 15);
  });

  it('is rounded up once, and a double that misses its decimal costs nothing more', () => {
    expect(costMicros(usage(1, 0, 1), { input: 0.15, output: 0.6, cachedInput: null })).toBe(1);
    expect(costMicros(usage(30, 0, 0), { input: 0.1, output: 0, cachedInput: null })).toBe(3);
    expect(costMicros(usage(31, 0, 0), { input: 0.1, output: 0, cachedInput: null })).toBe(4);
  });

  it('is unknown without a price and nothing for a free model', () => {
    expect(costMicros(usage(1000, 0, 1000), null)).toBeNull();
    expect(costMicros(usage(1000, 500, 1000), { input: 0, output: 0, cachedInput: null })).toBe(0);
  });

  it('never counts more tokens as cached than were read', () => {
    expect(costMicros(usage(10, 50, 0), { input: 2, output: 0, cachedInput: 1 })).toBe(10);
  });

  it('is whole, and within one micro-USD of the plain product', () => {
    const tokens = fc.nat({ max: 10_000_000 });
    const cents = fc.nat({ max: 20_000 }).map((value) => value / 100);
    fc.assert(
      fc.property(tokens, tokens, fc.tuple(cents, cents), (tokensIn, tokensOut, [input, output]) => {
        const cost = costMicros(usage(tokensIn, 0, tokensOut), { input, output, cachedInput: null }) ?? -1;
        const plain = tokensIn * input + tokensOut * output;
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeGreaterThanOrEqual(plain - 1e-3);
        expect(cost).toBeLessThan(plain + 1 + 1e-3);
      }),
    );
  });
});
