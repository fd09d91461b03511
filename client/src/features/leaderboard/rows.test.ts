import { describe, expect, it } from 'vitest';
import type { LeaderboardRow } from '../../api/contract.ts';
import type { BoardPage } from '../../api/queries.ts';
import { botOf, rowOf } from '../../live/fixtures.ts';
import { boardRows, movesBetween, placesOf, sortRows, type BoardRow, type Latest } from './rows.ts';

const [astro, hold, degen] = [
  botOf(),
  botOf({ id: 'b', name: 'Hold', isReference: true }),
  botOf({ id: 'c', name: 'Degen' }),
];
const latest: Latest = { bots: [astro, hold, degen], valueOf: () => undefined };
const unknown: Latest = { bots: [], valueOf: () => undefined };

const pageOf = (...items: LeaderboardRow[]): BoardPage => ({
  period: 'all',
  from: 1,
  to: 2,
  items,
  nextCursor: null,
  q: '',
  rankBy: 'return',
});
const notComputed: BoardPage = { ...pageOf(), from: null, to: null };
const placed = (rows: readonly BoardRow[]) => rows.map(({ bot, place }) => [bot.id, place]);

describe('boardRows', () => {
  it('shows references in their rank without a place', () => {
    const rows = boardRows([pageOf(rowOf(1, hold), rowOf(2, astro), rowOf(3, degen))], latest);
    expect(placed(rows)).toEqual([
      ['b', null],
      ['a', 1],
      ['c', 2],
    ]);
  });

  it('follows the latest values on the base of the period', () => {
    const board = pageOf(
      rowOf(1, astro, { totalValue: 12_000, returnFraction: 0.2, pnl: 2_000 }),
      rowOf(2, degen, { totalValue: 11_000, returnFraction: 0.1, pnl: 1_000 }),
    );
    const bots = [botOf({ totalValue: 10_500 }), botOf({ id: 'c', totalValue: 11_000 })];
    const rows = boardRows([board], { ...unknown, bots });
    expect(placed(rows)).toEqual([
      ['c', 1],
      ['a', 2],
    ]);
    expect(rows[1]).toMatchObject({ pnl: 500, totalValue: 10_500 });
    expect(rows[1]?.returnFraction).toBeCloseTo(0.05, 12);
  });

  it('names bots the first screen does not, at their last value', () => {
    const board = pageOf(rowOf(1, degen, { returnFraction: 0.1, totalValue: 11_000 }), rowOf(2, astro));
    const ticks = new Map([['c', 9_000]]);
    const rows = boardRows([board], { bots: [], valueOf: (botId) => ticks.get(botId) });
    expect(rows.map(({ bot, totalValue }) => [bot.name, totalValue])).toEqual([
      ['Astrologer', 10_000],
      ['Degen', 9_000],
    ]);
  });

  it('numbers all loaded pages, each bot once', () => {
    const pages = [pageOf(rowOf(1, astro), rowOf(2, hold)), pageOf(rowOf(2, hold), rowOf(3, degen))];
    expect(placed(boardRows(pages, latest))).toEqual([
      ['a', 1],
      ['b', null],
      ['c', 2],
    ]);
  });

  it('keeps the server’s order and places of what a search found', () => {
    const found = { ...pageOf(rowOf(40, degen, { place: 37 }), rowOf(90, astro, { place: 85 })), q: 'a' };
    const bots = [botOf({ totalValue: 99_000 }), degen];
    const rows = boardRows([found], { ...unknown, bots });
    expect(placed(rows)).toEqual([
      ['c', 37],
      ['a', 85],
    ]);
    expect(rows[1]?.totalValue).toBe(99_000);
    expect(sortRows(rows, 'place', false)).toEqual(rows);
  });
});

describe('boardRows net of what models cost', () => {
  const board = pageOf(
    rowOf(1, astro, { totalValue: 12_000, returnFraction: 0.2, pnl: 2_000, modelCost: 1_500, netPnl: 500 }),
    rowOf(2, degen, { totalValue: 11_000, returnFraction: 0.1, pnl: 1_000, modelCost: 0, netPnl: 1_000 }),
  );
  const net: BoardPage = { ...board, rankBy: 'net' };

  it('ranks by what is left, as the board was asked for', () => {
    expect(placed(boardRows([board], unknown))).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
    expect(placed(boardRows([net], unknown))).toEqual([
      ['c', 1],
      ['a', 2],
    ]);
  });

  it('follows the latest values with both results', () => {
    const bots = [botOf({ totalValue: 14_000 }), botOf({ id: 'c', totalValue: 11_000 })];
    const rows = boardRows([net], { ...unknown, bots });
    expect(placed(rows)[0]).toEqual(['a', 1]);
    expect(rows[0]).toMatchObject({ pnl: 4_000, netPnl: 2_500, modelCost: 1_500 });
  });

  it('knows no cost before the first computation', () => {
    const [row] = boardRows([{ ...notComputed, rankBy: 'net' }], latest);
    expect(row).toMatchObject({ modelCost: null, netPnl: null });
  });
});

describe('boardRows before the first computation', () => {
  const bots = [botOf({ returnFraction: -0.1 }), botOf({ id: 'c', name: 'Degen', returnFraction: 0.2 })];

  it('orders by return', () => {
    expect(placed(boardRows([notComputed], { ...latest, bots }))).toEqual([
      ['c', 1],
      ['a', 2],
    ]);
  });

  it('finds by name, owner and strategy, all words wanted', () => {
    const found = (q: string) => placed(boardRows([{ ...notComputed, q }], { ...latest, bots }));
    expect(found('ASTRO')).toEqual([['a', 2]]);
    expect(found('ada momentum')).toHaveLength(2);
    expect(found('ada breakout')).toEqual([]);
  });
});

describe('sortRows', () => {
  it('puts what is not defined last in both directions', () => {
    const board = pageOf(rowOf(1, astro, { sharpe: 1 }), rowOf(2, hold), rowOf(3, degen, { sharpe: 2 }));
    const sorted = (isDescending: boolean) =>
      sortRows(boardRows([board], latest), 'sharpe', isDescending).map(({ bot }) => bot.id);
    expect(sorted(true)).toEqual(['c', 'a', 'b']);
    expect(sorted(false)).toEqual(['a', 'c', 'b']);
  });
});

describe('moves', () => {
  it('counts places won and lost', () => {
    const before = placesOf(boardRows([pageOf(rowOf(1, astro), rowOf(2, degen))], latest));
    const rows = boardRows([pageOf(rowOf(1, degen), rowOf(2, hold), rowOf(3, astro))], latest);
    expect([...movesBetween(before, rows)]).toEqual([
      ['c', 1],
      ['a', -1],
    ]);
  });
});
