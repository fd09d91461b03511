import { describe, expect, it } from 'vitest';
import {
  decimalsOf,
  feeMicros,
  formatUsd,
  fromGridSteps,
  gridSteps,
  marginMicrosFor,
  notionalMicros,
  shareOf,
  snap,
  toMicros,
} from './money.ts';

describe('micros', () => {
  it('rounds notional to the nearest, margin and fee up, shares down', () => {
    // 0.001 * 3.3335 = 0.0033335 -> 3,333.5 micros -> 3,334
    expect(notionalMicros(0.001, 3.3335)).toBe(3334);
    expect(marginMicrosFor(10, 3)).toBe(4);
    expect(marginMicrosFor(9, 3)).toBe(3);
    expect(feeMicros(1, 5)).toBe(1);
    expect(feeMicros(20_000, 5)).toBe(10);
    expect(feeMicros(20_001, 5)).toBe(11);
    expect(feeMicros(1_000_000, 0)).toBe(0);
    expect(shareOf(10, 1, 3)).toBe(3);
    expect(shareOf(9, 1, 3)).toBe(3);
  });

  it('takes fees of parts of a basis point', () => {
    // 1,000 USD at 1.25 bps = 0.125 USD
    expect(feeMicros(1_000_000_000, 1.25)).toBe(125_000);
  });

  it('is exact where products leave the safe integers', () => {
    // 9,007,199,254,740,991 * 5 / 10^4 = 4,503,599,627,370.4955
    expect(feeMicros(Number.MAX_SAFE_INTEGER, 5)).toBe(4_503_599_627_371);
    // 9,007,199,254,740,991 * 2 / 3 = 6,004,799,503,160,660.67
    expect(shareOf(Number.MAX_SAFE_INTEGER, 2, 3)).toBe(6_004_799_503_160_660);
  });

  it('cuts off fractions of a micro, not the error of a double', () => {
    expect(toMicros(0.29)).toBe(290_000);
    expect(toMicros(1.1)).toBe(1_100_000);
    expect(toMicros(0.000_000_9)).toBe(0);
  });

  it('shows dollars with separators', () => {
    expect(formatUsd(1_250_000_000)).toBe('1,250.00');
    expect(formatUsd(-4_990_000)).toBe('-4.99');
  });
});

describe('the grid', () => {
  it.each([
    [0.001, 3],
    [1e-8, 8],
    [0.5, 1],
    [0.25, 2],
    [5, 0],
    [1000, 0],
  ])('%d has %d decimals', (grid, decimals) => {
    expect(decimalsOf(grid)).toBe(decimals);
  });

  it('counts a double beside a grid point as on it', () => {
    expect(gridSteps(0.3, 0.1, 'down')).toBe(3);
    expect(gridSteps(0.1 + 0.2, 0.1, 'up')).toBe(3);
    expect(gridSteps(0.299, 0.1, 'down')).toBe(2);
    expect(gridSteps(0.301, 0.1, 'up')).toBe(4);
  });

  it('gives the double a decimal reads as', () => {
    expect(fromGridSteps(3, 0.1)).toBe(0.3);
    expect(fromGridSteps(123_456_789, 1e-8)).toBe(1.23456789);
    expect(snap(50_000.26, 0.5, 'nearest')).toBe(50_000.5);
    expect(snap(50_004, 5, 'up')).toBe(50_005);
    expect(snap(2311.45, 0.1, 'nearest')).toBe(2311.5);
    expect(snap(2311.449_999, 0.1, 'nearest')).toBe(2311.4);
    expect(gridSteps(1e9, 1e-7, 'nearest')).toBe(1e16);
  });
});
