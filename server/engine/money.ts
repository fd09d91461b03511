/**
 * The one place where money is rounded. Cash is whole micro-USD; prices and quantities are doubles on a decimal grid.
 */
export const MICROS_PER_USD = 1_000_000;
const FEE_DIVISOR = 100_000_000n;

/** notional = round(quantity * price * 10^6) micros. */
export function notionalMicros(quantity: number, price: number): number {
  return Math.round(quantity * price * MICROS_PER_USD);
}

/** margin = ceil(notional / leverage). */
export function marginMicrosFor(notional: number, leverage: number): number {
  return Math.ceil(notional / leverage);
}

/** fee = ceil(notional * bps / 10^4); bps to four decimals. Exact for every safe integer. */
export function feeMicros(notional: number, bps: number): number {
  const rate = BigInt(Math.round(bps * 10_000));
  return Number((BigInt(notional) * rate + FEE_DIVISOR - 1n) / FEE_DIVISOR);
}

/** floor(amount * part / whole) for whole numbers, exact: what a partial exit takes of margin or cost. */
export function shareOf(amount: number, part: number, whole: number): number {
  const product = amount * part;
  if (!Number.isSafeInteger(product)) return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
  const quotient = Math.floor(product / whole);
  return quotient * whole > product ? quotient - 1 : quotient;
}

/** Dollars from outside, as micros; fractions of a micro are cut off. */
export function toMicros(usd: number): number {
  return Math.floor(usd * MICROS_PER_USD + 1e-6);
}

const twoDecimals = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Such as `1,250.00`. */
export function formatUsd(micros: number): string {
  return twoDecimals.format(micros / MICROS_PER_USD);
}

/** How many steps of `grid` lie in `value`. A double that misses a grid point by its own error counts as on it. */
export function gridSteps(value: number, grid: number, mode: 'down' | 'up' | 'nearest'): number {
  const steps = value / grid;
  const error = 1e-9 + Math.abs(steps) * 1e-15;
  // Half way between two points goes up, also where the double of 2311.45 / 0.1 falls short of a half.
  if (mode === 'nearest') return Math.round(steps + Math.min(error, 0.25));
  const nearest = Math.round(steps);
  if (Math.abs(steps - nearest) < error) return nearest;
  return mode === 'down' ? Math.floor(steps) : Math.ceil(steps);
}

/** The double nearest to `steps * grid` as a decimal: 3 * 0.1 is 0.3. */
export function fromGridSteps(steps: number, grid: number): number {
  return Number((steps * grid).toFixed(decimalsOf(grid)));
}

export function snap(value: number, grid: number, mode: 'down' | 'up' | 'nearest'): number {
  return fromGridSteps(gridSteps(value, grid, mode), grid);
}

/** Decimals needed to write `grid`: 0.001 -> 3, 1e-8 -> 8, 0.5 -> 1, 5 -> 0. */
export function decimalsOf(grid: number): number {
  const [mantissa = '', exponent = '0'] = grid.toExponential().split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, digits - Number(exponent));
}
