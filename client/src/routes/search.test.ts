import { describe, expect, it } from 'vitest';
import { arenaSearch, boardSearch, botSearch, listSearch } from './search.ts';

describe('addresses', () => {
  it('keep what they say and replace what makes no sense', () => {
    expect(arenaSearch({ range: '1h', unit: 'x', feed: 7 })).toEqual({
      range: '1h',
      unit: 'usd',
      view: 'chart',
      period: 'all',
      feed: 'all',
    });
    expect(botSearch({ symbol: '<script>', tab: 'trades' })).toMatchObject({
      symbol: undefined,
      tab: 'trades',
    });
    expect(boardSearch({ q: 42 })).toEqual({ period: 'all', rank: 'return', q: '42' });
    expect(boardSearch({ rank: 'net', period: 'day' })).toEqual({ period: 'day', rank: 'net', q: '' });
    expect(listSearch({ q: 'x'.repeat(200) }).q).toHaveLength(100);
  });
});
