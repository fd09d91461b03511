import type { Row } from './columns.ts';

/** The header forms, both with the same first six columns. */
export const HEADERS: readonly string[] = [
  'timestamp,open,high,low,close,volume',
  'timestamp,open,high,low,close,volume,turnover,date',
];

/** Prices are read to this many decimals. */
const MOST_DECIMALS = 10;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const PRICE_LIMIT = 1e12;
const EPOCH = /^\d{1,15}$/;
const ISO = /^(\d{4}-\d{2}-(\d{2}))[ T](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?Z?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export type Parsed = { readonly row: Row; readonly decimals: number } | { readonly problem: string };

/** Reads one line's cells: the candle and the decimals its prices need, or what is wrong with it. */
export function parseRow(cells: readonly string[]): Parsed {
  const [stamp = '', open = '', high = '', low = '', close = '', volume = ''] = cells;
  const time = parseTime(stamp);
  if (typeof time === 'string') return { problem: time };
  const texts = { open, high, low, close };
  const row = {
    time,
    open: parsePrice(open),
    high: parsePrice(high),
    low: parsePrice(low),
    close: parsePrice(close),
    volume: parseNumber(volume),
  };
  const problem = priceProblem(row, texts) ?? volumeProblem(row.volume, volume) ?? shapeProblem(row);
  if (problem !== null) return { problem };
  const decimals = Math.max(decimalsOf(open), decimalsOf(high), decimalsOf(low), decimalsOf(close));
  return { row, decimals: Math.min(decimals, MOST_DECIMALS) };
}

/** Epoch ms, or a date and time in UTC; a string says what is wrong. */
function parseTime(text: string): number | string {
  const shown = JSON.stringify(text);
  const time = EPOCH.test(text) ? Number(text) : parseIsoTime(text);
  if (Number.isNaN(time))
    return `the time ${shown} is neither epoch milliseconds nor like 2026-01-21 15:03:00`;
  if (time >= EARLIEST_MS && time < LATEST_MS) return time;
  const isSeconds = time * 1000 >= EARLIEST_MS && time * 1000 < LATEST_MS;
  return `the time ${shown} ${isSeconds ? 'is in seconds, not milliseconds' : 'is not between the years 2000 and 2100'}`;
}

/** NaN unless the text names a real instant: 30 February is not one. */
function parseIsoTime(text: string): number {
  const [, date, day, minutes, seconds = ':00'] = ISO.exec(text) ?? [];
  const time = Date.parse(`${date}T${minutes}${seconds}Z`);
  return new Date(time).getUTCDate() === Number(day) ? time : Number.NaN;
}

const parseNumber = (text: string): number => (NUMBER.test(text) ? Number(text) : Number.NaN);

function parsePrice(text: string): number {
  const price = parseNumber(text);
  return decimalsOf(text) > MOST_DECIMALS ? Number(price.toFixed(MOST_DECIMALS)) : price;
}

/** Digits behind the point that a number's text needs, trailing zeros left out. */
function decimalsOf(text: string): number {
  const exponentAt = text.search(/e/i);
  const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
  const point = mantissa.indexOf('.');
  let end = mantissa.length;
  if (point !== -1) while (mantissa[end - 1] === '0') end -= 1;
  const digits = point === -1 ? 0 : end - point - 1;
  return exponentAt === -1 ? digits : Math.max(0, digits - Number(text.slice(exponentAt + 1)));
}

function priceProblem(
  row: Row,
  texts: Readonly<Record<'open' | 'high' | 'low' | 'close', string>>,
): string | null {
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    const shown = JSON.stringify(texts[field]);
    if (!Number.isFinite(row[field])) return `${field} ${shown} is not a number`;
    if (row[field] <= 0 || row[field] >= PRICE_LIMIT) return `${field} ${shown} is not a possible price`;
  }
  return null;
}

function volumeProblem(volume: number, text: string): string | null {
  if (Number.isFinite(volume) && volume >= 0) return null;
  return `volume ${JSON.stringify(text)} is not a number of at least 0`;
}

function shapeProblem({ open, high, low, close }: Row): string | null {
  if (high < low) return `high ${high} is below low ${low}`;
  for (const [field, price] of Object.entries({ open, close }))
    if (price < low || price > high) return `${field} ${price} lies outside low ${low} to high ${high}`;
  return null;
}
