import { useState } from 'react';
import type { BotSummary } from '../../api/contract.ts';

/** The order with the bots it does not have yet at its end, best first; the same when there are none. */
export function withNewcomers(order: readonly string[], bots: readonly BotSummary[]): readonly string[] {
  const known = new Set(order);
  const newcomers = bots
    .filter(({ id }) => !known.has(id))
    .toSorted((a, b) => b.returnFraction - a.returnFraction);
  return newcomers.length === 0 ? order : [...order, ...newcomers.map(({ id }) => id)];
}

export function inOrder(bots: readonly BotSummary[], order: readonly string[]): BotSummary[] {
  const places = new Map(order.map((id, index) => [id, index]));
  const placeOf = ({ id }: BotSummary) => places.get(id) ?? order.length;
  return bots.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Best first as of the visit and the search: cards that change places under the finger cannot be pressed. Who comes
 * later stands last.
 */
export function useStillOrder(bots: readonly BotSummary[], search: string): readonly BotSummary[] {
  const [still, setStill] = useState<{ search: string; order: readonly string[] }>({ search, order: [] });
  const before = still.search === search ? still.order : [];
  const order = withNewcomers(before, bots);
  if (order !== before) setStill({ search, order });
  return inOrder(bots, order);
}
