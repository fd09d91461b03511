import { messages } from './messages.ts';

const MINUS = '−';

function grouped(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function isMissing(value: number | null | undefined): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

/** Rounds first, so that -0.001 is 0.00 and carries no sign. */
function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  const result = Math.round(Math.abs(value) * factor) / factor;
  return result === 0 ? 0 : Math.sign(value) * result;
}

/** 10234.5 -> `$10,234.50`, -41.2 -> `−$41.20`, null -> `—`. */
export function money(usd: number | null | undefined): string {
  if (isMissing(usd)) return messages.none;
  const value = rounded(usd, 2);
  return `${value < 0 ? MINUS : ''}$${grouped(Math.abs(value), 2)}`;
}

/** Like `money`, with a plus sign for gains. */
export function signedMoney(usd: number | null | undefined): string {
  if (isMissing(usd)) return messages.none;
  return `${rounded(usd, 2) > 0 ? '+' : ''}${money(usd)}`;
}

/** A fee can be less than a cent and is never shown as nothing then. */
export function smallMoney(usd: number | null | undefined): string {
  if (isMissing(usd) || usd === 0 || Math.abs(usd) >= 0.01) return money(usd);
  return `${usd < 0 ? MINUS : ''}$${Math.abs(usd).toPrecision(2)}`;
}

/** For axes and line ends: 10250.4 -> `$10,250`, 1234567 -> `$1.23M`. */
export function compactMoney(usd: number): string {
  const size = Math.abs(usd);
  const sign = usd < 0 ? MINUS : '';
  const trim = (value: number) => String(Number(value.toFixed(2)));
  if (size >= 1e6) return `${sign}$${trim(size / 1e6)}M`;
  if (size >= 1e5) return `${sign}$${trim(size / 1e3)}k`;
  return `${sign}$${size.toLocaleString('en-US', { maximumFractionDigits: size >= 1000 ? 0 : 2 })}`;
}

/** 0.124 -> `+12.40%`. */
export function percent(fraction: number | null | undefined): string {
  if (isMissing(fraction)) return messages.none;
  const value = rounded(fraction * 100, 2);
  const sign = value > 0 ? '+' : value < 0 ? MINUS : '';
  return `${sign}${grouped(Math.abs(value), 2)}%`;
}

/** A share that has no direction: 0.5 -> `50%`, 0.3333 -> `33.33%`. */
export function share(fraction: number | null | undefined): string {
  if (isMissing(fraction)) return messages.none;
  return `${(fraction * 100).toLocaleString('en-US', { maximumFractionDigits: 2 })}%`;
}

/** Drawdowns are falls: 0.0312 -> `−3.12%`. */
export function fall(fraction: number | null | undefined): string {
  return isMissing(fraction) ? messages.none : percent(-Math.abs(fraction));
}

/** Decimals a tick or step needs: 0.01 -> 2, 1e-7 -> 7, 5 -> 0. */
export function decimalsOf(step: number): number {
  if (!(step > 0)) return 2;
  for (let decimals = 0; decimals < 12; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, scaled)) return decimals;
  }
  return 12;
}

function guessedDecimals(price: number): number {
  const size = Math.abs(price);
  if (size >= 1000) return 2;
  if (size >= 1) return 4;
  return 6;
}

/** A price at its symbol's tick; `tickSize` null when the symbol is unknown here. */
export function price(value: number | null | undefined, tickSize: number | null): string {
  if (isMissing(value)) return messages.none;
  return grouped(value, tickSize === null ? guessedDecimals(value) : decimalsOf(tickSize));
}

/** A quantity with what digits it has, at most 8. */
export function quantity(value: number | null | undefined): string {
  if (isMissing(value)) return messages.none;
  return value.toLocaleString('en-US', { maximumFractionDigits: 8 });
}

export function count(value: number | null | undefined): string {
  return isMissing(value) ? messages.none : grouped(value, 0);
}

export function ratio(value: number | null | undefined): string {
  if (isMissing(value)) return messages.none;
  const result = rounded(value, 2);
  return `${result < 0 ? MINUS : ''}${grouped(Math.abs(result), 2)}`;
}

export function leverage(value: number | null | undefined): string {
  return isMissing(value) ? messages.none : `${grouped(value, Number.isInteger(value) ? 0 : 1)}×`;
}

/** 850 -> `850 ms`, 12300 -> `12.3 s`, 200000 -> `3 min 20 s`. */
export function duration(ms: number | null | undefined): string {
  if (isMissing(ms)) return messages.none;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1000);
  if (minutes >= 60)
    return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

/** Symbols of one quote currency read easier without it: BTCUSDT -> BTC. */
export function baseOf(symbol: string): string {
  return symbol.length > 4 && symbol.endsWith('USDT') ? symbol.slice(0, -4) : symbol;
}

/** The direction of a number, for colour and arrow. */
export function direction(value: number | null | undefined): 'up' | 'down' | 'flat' {
  if (isMissing(value) || rounded(value, 4) === 0) return 'flat';
  return value > 0 ? 'up' : 'down';
}
