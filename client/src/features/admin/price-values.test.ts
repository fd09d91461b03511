import { describe, expect, it } from 'vitest';
import { setPriceBodySchema } from '../../../../server/contract/http/providers.ts';
import { priceBodyOf, stateOfPrice, type ArenaPrice } from './price-values.ts';

const typed = {
  preset: 'openai',
  model: ' m ',
  priceInput: '1',
  priceOutput: '2',
  priceCached: '',
  validFrom: '',
};
const priceOf = (id: string, validFrom: number, part: Partial<ArenaPrice> = {}): ArenaPrice => ({
  id,
  preset: 'openai',
  model: 'm',
  price: { input: 1, output: 2, cachedInput: null },
  validFrom,
  createdAt: 0,
  ...part,
});

describe('the price of a model', () => {
  it('is sent as the server takes it, from now on unless said otherwise', () => {
    expect(setPriceBodySchema.parse(priceBodyOf(typed))).toEqual({
      preset: 'openai',
      model: 'm',
      price: { input: 1, output: 2, cachedInput: null },
      validFrom: null,
    });
    const { validFrom } = priceBodyOf({ ...typed, validFrom: '2026-03-01T00:00' });
    expect(validFrom).toBe(new Date(2026, 2, 1).getTime());
  });

  it('holds until a newer one does', () => {
    const other = priceOf('other', 25, { model: 'n' });
    const all = [priceOf('later', 40), priceOf('now', 20), priceOf('old', 10), other];
    expect(all.map((price) => stateOfPrice(price, all, 30))).toEqual(['later', 'holds', 'past', 'holds']);
  });
});
