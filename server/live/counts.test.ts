import { expect, test } from 'vitest';
import { Counts } from './counts.ts';

test('what is taken is given back once, and each key counts for itself', () => {
  const counts = new Counts();
  const [first, second, other] = [counts.take('a'), counts.take('a'), counts.take('b')];
  expect([counts.of('a'), counts.of('b'), counts.of('c')]).toEqual([2, 1, 0]);
  first();
  first();
  expect(counts.of('a')).toBe(1);
  second();
  other();
  expect([counts.of('a'), counts.of('b')]).toEqual([0, 0]);
});
