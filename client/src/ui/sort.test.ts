import { expect, it } from 'vitest';
import { sortedBy } from './sort.ts';

const rows = [
  { name: 'b', n: 2 },
  { name: 'a', n: null },
  { name: 'd', n: 2 },
  { name: 'c', n: 1 },
];
const names = (sorted: readonly { name: string }[]) => sorted.map(({ name }) => name).join('');

it('sorts both ways, what is missing last, what is equal as it was', () => {
  expect(names(sortedBy(rows, ({ n }) => n, false))).toBe('cbda');
  expect(names(sortedBy(rows, ({ n }) => n, true))).toBe('bdca');
  expect(names(sortedBy(rows, ({ name }) => name, false))).toBe('abcd');
});
