import { notionalMicros } from './money.ts';
import type { Account, Position, Side } from './model.ts';

export function sign(side: Side): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}

/** uPnL_p = side * (round(quantity * mark * 10^6) - C_p), micros. */
export function unrealizedMicros(position: Position, mark: number): number {
  const gross = notionalMicros(position.quantity, mark) - position.costMicros;
  return position.side === 'LONG' ? gross : 0 - gross;
}

export function lockedMarginMicros(account: Account): number {
  return account.positions.reduce((sum, position) => sum + position.marginMicros, 0);
}

export interface MarkedAccount {
  readonly marginMicros: number;
  readonly unrealizedMicros: number;
  /** equity = cash + margins + unrealised PnL. */
  readonly equityMicros: number;
}

/** Values an account at `markOf(symbol)`; a position without a mark counts at its cost. */
export function markToMarket(
  account: Account,
  markOf: (symbol: string) => number | undefined,
): MarkedAccount {
  let unrealized = 0;
  for (const position of account.positions) {
    const mark = markOf(position.symbol);
    if (mark !== undefined) unrealized += unrealizedMicros(position, mark);
  }
  const margin = lockedMarginMicros(account);
  return {
    marginMicros: margin,
    unrealizedMicros: unrealized,
    equityMicros: account.cashMicros + margin + unrealized,
  };
}
