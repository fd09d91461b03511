import { expect, it } from 'vitest';
import { optionalBetween } from './number-rules.ts';

it.each([
  ['', true],
  [' 5 ', true],
  ['100', true],
  ['0', 'From 1 to 100, or empty.'],
  ['1e9', 'From 1 to 100, or empty.'],
  ['2.5', 'A whole number, or empty.'],
  ['many', 'From 1 to 100, or empty.'],
])('takes %o: %o', (typed, verdict) => {
  expect(optionalBetween({ least: 1, most: 100, isWhole: true })(typed)).toBe(verdict);
});
