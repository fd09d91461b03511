import { describe, expect, it } from 'vitest';
import { quantiles } from './quantile.ts';

describe('quantiles', () => {
  it('interpolate between neighbours, whatever their order', () => {
    // Ranks of 10, 20, 30, 40: 0.5 x 3 = 1.5 and 0.9 x 3 = 2.7.
    expect(quantiles([40, 10, 30, 20], 0, 0.5, 0.9, 1)).toEqual([10, 25, 37, 40]);
  });

  it('sort numbers as numbers', () => {
    expect(quantiles([9, 100, 10], 0.5)).toEqual([10]);
  });

  it('of one value are that value, of none they are null', () => {
    expect(quantiles([7], 0.5, 0.95)).toEqual([7, 7]);
    expect(quantiles([], 0.5, 0.95)).toEqual([null, null]);
  });
});
