import type { PositionView } from '../../api/contract.ts';

export interface BarMark {
  readonly kind: 'liquidation' | 'stop' | 'entry' | 'mark' | 'target';
  readonly price: number;
  /** Where on the bar, 0 (worst for the position) to 1 (best). */
  readonly at: number;
}

/** PnL of the open quantity at a price, before fees. */
export function pnlAt(
  position: Pick<PositionView, 'side' | 'quantity' | 'entryPrice'>,
  price: number,
): number {
  const sign = position.side === 'LONG' ? 1 : -1;
  return sign * position.quantity * (price - position.entryPrice);
}

/**
 * The prices that matter to an open position on one line, loss on the left, gain on the right, for longs and shorts
 * alike. The line runs from the nearest exit against it to the target; liquidation is on it only where no stop is nearer.
 */
export function positionBar(position: PositionView, markPrice: number | null): BarMark[] {
  const { side, entryPrice, stopLoss, takeProfit, liquidationPrice } = position;
  const worst = stopLoss ?? liquidationPrice;
  const wanted: { kind: BarMark['kind']; price: number | null }[] = [
    { kind: stopLoss === null ? 'liquidation' : 'stop', price: worst },
    { kind: 'entry', price: entryPrice },
    { kind: 'target', price: takeProfit },
    { kind: 'mark', price: markPrice },
  ];
  const known = wanted.filter(
    (mark): mark is { kind: BarMark['kind']; price: number } => mark.price !== null,
  );
  // Without a target (or a stop) there is as much room beyond the entry as there is on the other side.
  const mirrored =
    takeProfit === null || worst === null ? 2 * entryPrice - (takeProfit ?? worst ?? entryPrice) : entryPrice;
  const prices = [...known.map(({ price }) => price), mirrored];
  const low = Math.min(...prices);
  const span = Math.max(...prices) - low;
  const place = (price: number) => (span === 0 ? 0.5 : (price - low) / span);
  return known.map(({ kind, price }) => ({
    kind,
    price,
    at: side === 'LONG' ? place(price) : 1 - place(price),
  }));
}
