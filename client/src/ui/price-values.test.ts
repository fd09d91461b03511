import { describe, expect, it } from 'vitest';
import { modelPriceSchema } from '../../../server/contract/http/providers.ts';
import { priceOf, priceProblem } from './price-values.ts';

const typed = (priceInput: string, priceOutput: string, priceCached = '') => ({
  priceInput,
  priceOutput,
  priceCached,
});

describe('a price that is typed', () => {
  it('is what the server takes', () => {
    expect(modelPriceSchema.parse(priceOf(typed(' 0.25', '2')))).toEqual({
      input: 0.25,
      output: 2,
      cachedInput: null,
    });
    expect(priceOf(typed('1', '2', '0'))?.cachedInput).toBe(0);
    expect(priceOf(typed('', '2'))).toBeNull();
  });

  it('has both parts or none', () => {
    expect(priceProblem(typed('', ''), 'priceInput', false)).toBeNull();
    expect(priceProblem(typed('', ''), 'priceInput', true)).not.toBeNull();
    expect(priceProblem(typed('', '2'), 'priceInput', false)).not.toBeNull();
    expect(priceProblem(typed('', '', '1'), 'priceOutput', false)).not.toBeNull();
    expect(priceProblem(typed('1', '2'), 'priceCached', true)).toBeNull();
  });

  it.each(['-1', '1e6', 'abc', '0,25', '1 2'])('is not %s', (wrong) => {
    expect(priceProblem(typed(wrong, '2'), 'priceInput', false)).not.toBeNull();
  });
});
