import type { LegacyPosition } from './open-positions.ts';
import type { LegacyOrder } from './orders.ts';

/** An entry and what closed it; where a position was closed in parts, `exit` is the last of them. */
export interface ClosedPair {
  readonly positionId: string;
  readonly entry: LegacyOrder & { readonly entryPrice: number };
  exit: LegacyOrder;
  /** Results and fees of all its exits. */
  pnlMicros: number;
  feeMicros: number;
}

export interface Matched {
  /** Order id -> position id, for every order whose position is known. */
  readonly positionIds: ReadonlyMap<string, string>;
  readonly closed: readonly ClosedPair[];
  /** Orders whose position nobody knows. */
  readonly unmatched: number;
}

type Deal = Pick<LegacyOrder, 'symbol' | 'side' | 'marginMicros' | 'entryPrice'>;

const keyOf = ({ symbol, side, marginMicros, entryPrice }: Deal) =>
  `${symbol} ${side} ${marginMicros} ${entryPrice ?? ''}`;

/**
 * Finds which entry and exit of one bot belong together: same symbol, side, size and entry price, the exit not before
 * the entry, the oldest entry first. Entries left over may be those of open positions. Nothing is guessed: an exit that
 * does not say its entry price stays alone, unless its row names its position.
 * @param orders oldest first.
 */
export function matchOrders(orders: readonly LegacyOrder[], open: readonly LegacyPosition[]): Matched {
  const positionIds = new Map<string, string>();
  const closed: ClosedPair[] = [];
  const waiting = new Map<string, LegacyOrder[]>();
  const named = new Map<string, LegacyOrder>();
  const closedById = new Map<string, ClosedPair | undefined>();
  const addExit = (positionId: string, exit: LegacyOrder) => {
    const pair = closedById.get(positionId);
    positionIds.set(exit.id, positionId);
    if (!pair) return;
    pair.exit = exit;
    pair.pnlMicros += exit.pnlMicros;
    pair.feeMicros += exit.feeMicros;
  };
  const openIds = new Set(open.map(({ id }) => id));
  const close = (entry: LegacyOrder, exit: LegacyOrder, positionId: string) => {
    if (entry.entryPrice === null) return undefined;
    const { entryPrice } = entry;
    positionIds.set(entry.id, positionId);
    positionIds.set(exit.id, positionId);
    const { pnlMicros, feeMicros } = exit;
    const pair = { positionId, entry: { ...entry, entryPrice }, exit, pnlMicros, feeMicros };
    closed.push(pair);
    return pair;
  };
  for (const order of orders) {
    if (order.positionId !== null) {
      const entry = named.get(order.positionId);
      if (openIds.has(order.positionId)) positionIds.set(order.id, order.positionId);
      else if (order.kind === 'entry') named.set(order.positionId, order);
      else if (closedById.has(order.positionId)) addExit(order.positionId, order);
      else if (entry) closedById.set(order.positionId, close(entry, order, order.positionId));
    } else if (order.kind === 'entry') {
      const same = waiting.get(keyOf(order));
      if (same) same.push(order);
      else waiting.set(keyOf(order), [order]);
    } else if (order.entryPrice !== null) {
      const entry = waiting.get(keyOf(order))?.shift();
      if (entry) close(entry, order, `legacy-${entry.id}`);
    }
  }
  for (const position of open) {
    const entry = waiting.get(keyOf(position))?.pop();
    if (entry) positionIds.set(entry.id, position.id);
  }
  const unmatched = orders.filter(({ id }) => !positionIds.has(id)).length;
  return { positionIds, closed, unmatched };
}
