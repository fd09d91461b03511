/**
 * The checker's own arithmetic. It shares none with the engine: a fault there must not hide itself here.
 */
const MICROS_PER_USD = 1_000_000;
const QUANTITY_DECIMALS = 12;

/** Dollars as stored, in micros. */
export function microsOf(usd: number): number {
  return Math.round(usd * MICROS_PER_USD);
}

/** Whether a dollar column holds whole micros: `x = round(x, 6)`, finite. */
export function isWholeMicros(usd: number): boolean {
  return Number.isFinite(usd) && microsOf(usd) / MICROS_PER_USD === usd;
}

/** notional = round(quantity * price * 10^6) micros. */
export function notionalOf(quantity: number, price: number): number {
  return Math.round(quantity * price * MICROS_PER_USD);
}

/** A quantity as an exact count of 10^-12, from the decimal its double stands for: sums of these never drift. */
export function quantityUnits(quantity: number): bigint {
  const [digits = '0', exponent = '0'] = String(quantity).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const shift = QUANTITY_DECIMALS + Number(exponent) - fraction.length;
  const value = BigInt(whole + fraction);
  if (shift >= 0) return value * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (value + divisor / 2n) / divisor;
}

export function quantityFromUnits(units: bigint): number {
  const digits = String(units).padStart(QUANTITY_DECIMALS + 1, '0');
  return Number(`${digits.slice(0, -QUANTITY_DECIMALS)}.${digits.slice(-QUANTITY_DECIMALS)}`);
}

export function sideSign(side: 'LONG' | 'SHORT'): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}
