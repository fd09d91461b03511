import { expect, it } from 'vitest';
import { markToMarket } from './mark.ts';
import { accountOf, decide, opened } from '../test/support/engine-world.ts';

it('values cash, margins and open results', () => {
  // 0.2 BTC long from 50,000 and 1 ETH short from 2,000 (margin 200, 10x, fee 1)
  const { account } = opened({ action: 'LONG' });
  const both = decide(
    account,
    { action: 'SHORT', symbol: 'ETHUSDT', size: 200, leverage: 10 },
    { positionId: 'p2' },
  );
  const marks = new Map([
    ['BTCUSDT', 50_123.4],
    ['ETHUSDT', 1990],
  ]);
  // 0.2 * 123.4 = 24.68; 1 * 10 = 10; equity = 10,000 - 5 - 1 + 34.68
  expect(markToMarket(both.account, (symbol) => marks.get(symbol))).toEqual({
    marginMicros: 1_200_000_000,
    unrealizedMicros: 34_680_000,
    equityMicros: 10_028_680_000,
  });
});

it('counts a position without a mark at its cost', () => {
  const { account } = opened({ action: 'SHORT' });
  expect(markToMarket(account, () => undefined)).toEqual({
    marginMicros: 1_000_000_000,
    unrealizedMicros: 0,
    equityMicros: 9_995_000_000,
  });
});

it('is cash alone without positions', () => {
  expect(markToMarket(accountOf(), () => 1).equityMicros).toBe(10_000_000_000);
});
