import { decimalsOf, formatUsd, MICROS_PER_USD } from '../../engine/money.ts';

const MAX_DECIMALS = 20;

const eightDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 8, useGrouping: false });

/** With the decimals of the tick. */
export function onTick(price: number, tickSize: number): string {
  return price.toFixed(Math.min(MAX_DECIMALS, decimalsOf(tickSize)));
}

/** With eight significant digits, for figures of which no tick is known. */
export function plain(value: number): string {
  return eightDigits.format(value);
}

/** Such as `+1.23 %`; `-` when not known. */
export function percent(fraction: number | null): string {
  if (fraction === null) return '-';
  const text = (fraction * 100).toFixed(2);
  return `${Number(text) > 0 ? '+' : ''}${text} %`;
}

/** Such as `+12.30`. */
export function signedUsd(micros: number): string {
  return `${micros > 0 ? '+' : ''}${formatUsd(micros)}`;
}

/** Dollars as `signedUsd` writes micros. */
export function signedDollars(usd: number): string {
  return signedUsd(Math.round(usd * MICROS_PER_USD));
}

/** Dollars as `formatUsd` writes micros. */
export function dollars(usd: number): string {
  return formatUsd(Math.round(usd * MICROS_PER_USD));
}

/** Such as `2026-01-05 12:00 UTC`. */
export function isoMinute(time: number): string {
  return `${minute(time)} UTC`;
}

/** Such as `2026-01-05 12:00`, of UTC. */
export function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
