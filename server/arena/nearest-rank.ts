/**
 * The smallest of the values that at least this fraction of them do not exceed: the percentile by nearest rank, which is
 * a value that was seen. @param fraction in (0, 1]. @returns null of no values.
 */
export function nearestRank(values: readonly number[], fraction: number): number | null {
  const sorted = new Float64Array(values).sort();
  return sorted[Math.ceil(sorted.length * fraction) - 1] ?? null;
}
