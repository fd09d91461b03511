/**
 * The values below which these fractions of all values lie, interpolated between two neighbours: type 7 of R. J. Hyndman
 * and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996). At 0.5 it is the median.
 * @param values in any order. @param fractions each in [0, 1]. @returns one for each fraction; null of no values.
 */
export function quantiles<Fractions extends readonly number[]>(
  values: readonly number[],
  ...fractions: Fractions
): { [Index in keyof Fractions]: number | null } {
  const sorted = new Float64Array(values).sort();
  return fractions.map((fraction) => interpolated(sorted, (sorted.length - 1) * fraction)) as {
    [Index in keyof Fractions]: number | null;
  };
}

function interpolated(sorted: Float64Array, rank: number): number | null {
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (rank - Math.floor(rank));
}
