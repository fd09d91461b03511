import { describe, expect, it } from 'vitest';
import { historyTokens } from '../llm/prompt/history.ts';
import { pastTurnOf } from '../test/support/turn-memory.ts';
import { MOST_TURNS } from './memory-history.ts';
import { isLong, withoutNewest } from './summaries-basis.ts';

/** Oldest first, a minute apart. */
const turns = (count: number) => Array.from({ length: count }, (_, i) => pastTurnOf(count - i));
const limits = (tokens: number) => ({ history_tokens: tokens, history_kept_decisions: 15 });

describe('isLong', () => {
  it('is a history that passes its tokens, and not one that just fits', () => {
    const tokens = historyTokens(turns(30));
    expect(isLong(turns(30), limits(tokens))).toBe(false);
    expect(isLong(turns(30), limits(tokens - 1))).toBe(true);
  });

  it('is not one of the turns alone that stay', () => {
    expect(isLong(turns(15), limits(1))).toBe(false);
    expect(isLong(turns(16), limits(1))).toBe(true);
  });

  it('is one of as many turns as are read', () => {
    expect(isLong(turns(MOST_TURNS - 1), limits(1e9))).toBe(false);
    expect(isLong(turns(MOST_TURNS), limits(1e9))).toBe(true);
  });
});

describe('withoutNewest', () => {
  it('leaves the newest', () => {
    expect(withoutNewest(turns(20), 15)).toEqual(turns(20).slice(0, 5));
    expect(withoutNewest(turns(15), 15)).toEqual([]);
    expect(withoutNewest(turns(3), 15)).toEqual([]);
  });

  it('tears no moment apart', () => {
    const twin = (count: number) => turns(count).flatMap((turn) => [turn, turn]);
    expect(withoutNewest(twin(10), 15)).toEqual(twin(10).slice(0, 4));
  });
});
