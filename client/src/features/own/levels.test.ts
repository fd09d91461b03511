import { describe, expect, it } from 'vitest';
import { bodyOfLevels, isLevel } from './levels.ts';

const position = { stopLoss: 66_000, takeProfit: null };

describe('levels', () => {
  it('say only what changes', () => {
    expect(bodyOfLevels({ stopLoss: '66,000', takeProfit: '' }, position)).toBeNull();
    expect(bodyOfLevels({ stopLoss: '', takeProfit: ' 70,250.5 ' }, position)).toEqual({
      stopLoss: null,
      takeProfit: 70_250.5,
    });
  });

  it.each([
    ['', true],
    ['1,000.5', true],
    ['0', false],
    ['-5', false],
    ['soon', false],
  ])('%o is one: %o', (typed, is) => {
    expect(isLevel(typed)).toBe(is);
  });
});
