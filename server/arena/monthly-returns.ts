import type { MonthReturn } from '../contract/http/analytics.ts';

/** A bot's values of one day, or of a part of it. USD. */
export interface EquityDay {
  readonly epoch: number;
  /** When it was last valued, epoch ms. */
  readonly at: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The return of every month, UTC: each epoch is measured from its first value on and from one month's last value to the
 * next; what several epochs returned in the same month is linked (the time-weighted return of the Global Investment
 * Performance Standards, 2020). @param days epoch by epoch, in time order.
 */
export function monthlyReturns(days: readonly EquityDay[]): MonthReturn[] {
  const returns = new Map<string, number | null>();
  for (const epoch of Map.groupBy(days, (day) => day.epoch).values()) {
    let start = epoch[0]?.first ?? 0;
    for (const [month, ofMonth] of Map.groupBy(epoch, ({ at }) => monthOf(at))) {
      const end = ofMonth.at(-1)?.last ?? start;
      const change = start > 0 ? (end - start) / start : null;
      const before = returns.get(month);
      returns.set(month, before === undefined ? change : link(before, change));
      start = end;
    }
  }
  return [...returns]
    .map(([month, returnFraction]) => ({ month, returnFraction }))
    .sort((a, b) => (a.month < b.month ? -1 : 1));
}

function link(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : (1 + a) * (1 + b) - 1;
}

/** `2026-01`. */
function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}
