/** Equity over time. Fractions, not percent. */
export interface EquityPoint {
  readonly at: number;
  readonly value: number;
}

/** A stretch of equity boiled down; stretches combine without loss. */
export interface EquitySegment {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** Largest fall from a peak within the stretch, as a fraction of that peak. */
  readonly maxDrawdown: number;
}

export interface Metrics {
  readonly returnFraction: number;
  readonly maxDrawdown: number;
  /** null with fewer than `MIN_RETURNS` returns or without variation. */
  readonly sharpe: number | null;
}

export const MIN_RETURNS = 24;

/** (last - first) / first; 0 from nothing. */
export function returnFraction(first: number, last: number): number {
  return first > 0 ? (last - first) / first : 0;
}

export function segmentOf(values: readonly [number, ...number[]]): EquitySegment {
  const [first, ...rest] = values;
  return rest.reduce<EquitySegment>(
    (segment, value) =>
      combineSegments(segment, { first: value, last: value, min: value, max: value, maxDrawdown: 0 }),
    { first, last: first, min: first, max: first, maxDrawdown: 0 },
  );
}

/** `earlier` then `later`: the worst fall lies in one of them, or from the earlier peak to the later low. */
export function combineSegments(earlier: EquitySegment, later: EquitySegment): EquitySegment {
  const across = earlier.max > 0 ? Math.max(0, (earlier.max - later.min) / earlier.max) : 0;
  return {
    first: earlier.first,
    last: later.last,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    maxDrawdown: Math.min(1, Math.max(earlier.maxDrawdown, later.maxDrawdown, across)),
  };
}

/**
 * Annualised Sharpe ratio of period returns, risk-free rate 0: mean / sample deviation * sqrt(periods a year)
 * (W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management, 1994).
 * @returns null with fewer than `MIN_RETURNS` returns or without variation.
 */
export function sharpeRatio(returns: readonly number[], periodsPerYear: number): number | null {
  if (returns.length < MIN_RETURNS) return null;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return variance > 0 ? (mean / Math.sqrt(variance)) * Math.sqrt(periodsPerYear) : null;
}

/** Period-over-period returns of closing values. */
export function periodReturns(closes: readonly number[]): number[] {
  return closes.slice(1).map((close, i) => returnFraction(closes[i] ?? close, close));
}

/** All figures of a series of period closes, oldest first. */
export function metrics(closes: readonly [number, ...number[]], periodsPerYear: number): Metrics {
  const segment = segmentOf(closes);
  return {
    returnFraction: returnFraction(segment.first, segment.last),
    maxDrawdown: segment.maxDrawdown,
    sharpe: sharpeRatio(periodReturns(closes), periodsPerYear),
  };
}
