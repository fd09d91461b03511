import { describe, expect, it } from 'vitest';
import { matchOrders } from './match-orders.ts';
import { readPosition } from './open-positions.ts';
import type { LegacyOrder } from './orders.ts';

const orderOf = (id: string, at: number, part: Partial<LegacyOrder> = {}): LegacyOrder => ({
  path: id,
  value: null,
  id,
  symbol: 'BTCUSDT',
  side: 'LONG',
  kind: 'entry',
  entryPrice: 50_000,
  exitPrice: null,
  marginMicros: 100_000_000,
  leverage: 3,
  pnlMicros: 0,
  feeMicros: 0,
  at,
  positionId: null,
  ...part,
});
const exitOf = (id: string, at: number, part: Partial<LegacyOrder> = {}) =>
  orderOf(id, at, { kind: 'exit', exitPrice: 51_000, ...part });

function openPosition(id: string) {
  const position = {
    id,
    symbol: 'BTCUSDT',
    type: 'LONG',
    entryPrice: 50_000,
    size: 100,
    leverage: 3,
  };
  const read = readPosition('p', position, Number.MAX_SAFE_INTEGER);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

const pairs = (orders: readonly LegacyOrder[]) =>
  matchOrders(orders, []).closed.map(({ entry, exit }) => [entry.id, exit.id]);

describe('matchOrders', () => {
  it('pairs an exit with the oldest entry of the same deal', () => {
    expect(pairs([orderOf('a', 1), orderOf('b', 2), exitOf('x', 3), exitOf('y', 4)])).toEqual([
      ['a', 'x'],
      ['b', 'y'],
    ]);
  });

  it.each([
    ['symbol', { symbol: 'ETHUSDT' }],
    ['side', { side: 'SHORT' as const }],
    ['size', { marginMicros: 100_000_001 }],
    ['entry price', { entryPrice: 50_000.1 }],
    ['known entry price', { entryPrice: null }],
  ])('leaves alone what differs in its %s', (_name, part) => {
    const { closed, positionIds, unmatched } = matchOrders([orderOf('a', 1), exitOf('x', 2, part)], []);
    expect({ closed, matched: positionIds.size, unmatched }).toEqual({
      closed: [],
      matched: 0,
      unmatched: 2,
    });
  });

  it('gives the newest entry left over to the open position', () => {
    const { positionIds, unmatched } = matchOrders([orderOf('a', 1), orderOf('b', 2)], [openPosition('p')]);
    expect([...positionIds]).toEqual([['b', 'p']]);
    expect(unmatched).toBe(1);
  });

  it('adds up the exits of a position closed in parts', () => {
    const part = { positionId: 'p', pnlMicros: 5, feeMicros: 1 };
    const { closed, unmatched } = matchOrders(
      [orderOf('a', 1, { positionId: 'p' }), exitOf('x', 2, part), exitOf('y', 3, part)],
      [],
    );
    expect(closed).toMatchObject([{ positionId: 'p', exit: { id: 'y' }, pnlMicros: 10, feeMicros: 2 }]);
    expect(unmatched).toBe(0);
  });

  it('believes rows that name their position', () => {
    const named = { positionId: 'p', entryPrice: 1 };
    const { closed } = matchOrders([orderOf('a', 1, named), exitOf('x', 2, { positionId: 'p' })], []);
    expect(closed.map(({ positionId }) => positionId)).toEqual(['p']);
    const { positionIds } = matchOrders([orderOf('a', 1, { positionId: 'p' })], [openPosition('p')]);
    expect(positionIds.get('a')).toBe('p');
  });
});
