import type { ModelUsage, Spending } from '../../api/contract.ts';

type Item = ModelUsage['items'][number];
const DAY_MS = 86_400_000;

/** null where no call has a known price: that is not the same as nothing. */
export const costOf = ({ cost, calls, unpricedCalls }: Spending): number | null =>
  calls > 0 && unpricedCalls === calls ? null : cost;

/** What bars are as long as: the cost, or the tokens where no price is known. */
export function measureOf(total: Spending): (spending: Spending) => number {
  return total.cost > 0 ? ({ cost }) => cost : ({ tokensIn, tokensOut }) => tokensIn + tokensOut;
}

export interface DaySpent {
  /** When it begins, UTC. */
  readonly at: number;
  /** Undefined when no model was asked. */
  readonly item: Item | undefined;
}

/** Every day of a stretch of time, also those on which no model was asked; oldest first. */
export function daysOf({ from, to, items }: ModelUsage): DaySpent[] {
  const known = new Map(items.map((item) => [item.key, item]));
  const first = Math.floor(from / DAY_MS);
  const count = Math.max(0, Math.ceil(to / DAY_MS) - first);
  return Array.from({ length: count }, (_, index) => {
    const at = (first + index) * DAY_MS;
    return { at, item: known.get(new Date(at).toISOString().slice(0, 10)) };
  });
}

/** Days newest first; anything else as the server has it, what cost most first. */
export function rowsOf(usage: ModelUsage, isByDay: boolean): readonly Item[] {
  return isByDay ? usage.items.toReversed() : usage.items;
}
