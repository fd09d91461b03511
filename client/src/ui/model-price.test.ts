import { describe, expect, it } from 'vitest';
import { perMillion, priceInWords } from './model-price.ts';

describe('prices of models', () => {
  it('have cents at least, and smaller parts where there are some', () => {
    expect(perMillion(15)).toBe('$15.00');
    expect(perMillion(0.025)).toBe('$0.025');
    expect(perMillion(1_250)).toBe('$1,250.00');
  });

  it('tell what is free from what is not known', () => {
    expect(priceInWords({ input: 0.25, output: 2, cachedInput: 0.025 })).toBe('$0.25 in · $2.00 out');
    expect(priceInWords({ input: 0, output: 0, cachedInput: null })).toBe('free');
    expect(priceInWords({ input: 0, output: 1, cachedInput: null })).toBe('$0.00 in · $1.00 out');
    expect(priceInWords(null)).toBe('—');
  });
});
