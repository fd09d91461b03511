import { expect, it } from 'vitest';
import { nearestRank } from './nearest-rank.ts';

it.each([
  [[], 0.5, null],
  [[7], 0.5, 7],
  [[7], 0.95, 7],
  [[15, 20, 35, 40, 50], 0.05, 15],
  [[50, 15, 40, 20, 35], 0.3, 20],
  [[15, 20, 35, 40, 50], 0.5, 35],
  [[15, 20, 35, 40, 50], 1, 50],
  [[100, 9], 0.5, 9],
])('of %j at %d is %j', (values, fraction, expected) => {
  expect(nearestRank(values, fraction)).toBe(expected);
});
