import { describe, expect, it } from 'vitest';
import type { LeaderboardResponse, LeaderboardRow } from '../../api/contract.ts';
import { botOf } from '../../live/fixtures.ts';
import { boardRows, matchesSearch, movesBetween, placesOf, sortRows } from './rows.ts';

const rowOf = (rank: number, botId: string, part: Partial<LeaderboardRow> = {}): LeaderboardRow => ({
  rank,
  botId,
  totalValue: 10_000,
  returnFraction: 0,
  pnl: 0,
  maxDrawdown: null,
  sharpe: null,
  tradeCount: 40,
  winRate: null,
  hasFewTrades: false,
  ...part,
});
const boardOf = (...items: LeaderboardRow[]): LeaderboardResponse => ({
  period: 'all',
  from: 1,
  to: 2,
  items,
});
const bots = [
  botOf(),
  botOf({ id: 'b', name: 'Hold', isReference: true }),
  botOf({ id: 'c', name: 'Degen' }),
];

describe('boardRows', () => {
  it('shows references in their place without a rank', () => {
    const rows = boardRows(boardOf(rowOf(1, 'b'), rowOf(2, 'a'), rowOf(3, 'c')), bots);
    expect(rows.map(({ botId, place }) => [botId, place])).toEqual([
      ['b', null],
      ['a', 1],
      ['c', 2],
    ]);
  });

  it('follows the latest values on the base of the period', () => {
    const board = boardOf(
      rowOf(1, 'a', { totalValue: 12_000, returnFraction: 0.2, pnl: 2_000 }),
      rowOf(2, 'c', { totalValue: 11_000, returnFraction: 0.1, pnl: 1_000 }),
    );
    const rows = boardRows(board, [botOf({ totalValue: 10_500 }), botOf({ id: 'c', totalValue: 11_000 })]);
    expect(rows.map(({ botId, place }) => [botId, place])).toEqual([
      ['c', 1],
      ['a', 2],
    ]);
    expect(rows[1]).toMatchObject({ pnl: 500, totalValue: 10_500 });
    expect(rows[1]?.returnFraction).toBeCloseTo(0.05, 12);
  });

  it('leaves out bots that are gone', () => {
    expect(boardRows(boardOf(rowOf(1, 'gone'), rowOf(2, 'a')), bots).map(({ place }) => place)).toEqual([1]);
  });

  it('orders by return before the first computation', () => {
    const rows = boardRows(boardOf(), [
      botOf({ returnFraction: -0.1 }),
      botOf({ id: 'c', returnFraction: 0.2 }),
    ]);
    expect(rows.map(({ botId }) => botId)).toEqual(['c', 'a']);
  });
});

describe('sortRows', () => {
  it('puts what is not defined last in both directions', () => {
    const rows = boardRows(
      boardOf(rowOf(1, 'a', { sharpe: 1 }), rowOf(2, 'b'), rowOf(3, 'c', { sharpe: 2 })),
      bots,
    );
    expect(sortRows(rows, 'sharpe', true).map(({ botId }) => botId)).toEqual(['c', 'a', 'b']);
    expect(sortRows(rows, 'sharpe', false).map(({ botId }) => botId)).toEqual(['a', 'c', 'b']);
  });
});

describe('moves', () => {
  it('counts places won and lost', () => {
    const before = placesOf(boardRows(boardOf(rowOf(1, 'a'), rowOf(2, 'c')), bots));
    const moves = movesBetween(before, boardRows(boardOf(rowOf(1, 'c'), rowOf(2, 'b'), rowOf(3, 'a')), bots));
    expect([...moves]).toEqual([
      ['c', 1],
      ['a', -1],
    ]);
  });
});

describe('matchesSearch', () => {
  it('finds by name, owner and strategy, all words wanted', () => {
    expect(matchesSearch(botOf(), 'astro')).toBe(true);
    expect(matchesSearch(botOf(), 'ada momentum')).toBe(true);
    expect(matchesSearch(botOf(), 'ada breakout')).toBe(false);
    expect(matchesSearch(botOf(), '')).toBe(true);
  });
});
