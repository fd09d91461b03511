export const DAY_MS = 86_400_000;

/** Where the day (UTC) of a time begins, epoch ms. */
export function dayOf(at: number): number {
  return at - (at % DAY_MS);
}
