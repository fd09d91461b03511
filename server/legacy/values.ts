/** Readers of values that may be anything: each gives the value, or undefined when it is not what it should be. */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Text as text; a whole number as the text of an id. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' || !value.isWellFormed() ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Text a column can hold as it is: half a character cannot be written as UTF-8. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.isWellFormed() ? value : undefined;
}

/** The first characters of a text; none is cut in half. */
export function cut(text: string, length: number): string {
  return Array.from(text).slice(0, length).join('');
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Above 0 and below what a price column holds. */
export function priceOf(value: unknown): number | undefined {
  const price = numberOf(value);
  return price !== undefined && price > 0 && price < 1e12 ? price : undefined;
}

/** Dollars as whole micros; undefined beyond nine billion, where micros are no longer exact. */
export function microsOf(value: unknown): number | undefined {
  const usd = numberOf(value);
  return usd !== undefined && Math.abs(usd) <= 9e9 ? Math.round(usd * 1e6) : undefined;
}

export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 'false' || value === '0') return false;
  return value === 1 || value === 'true' || value === '1' ? true : undefined;
}

export function sideOf(value: unknown): 'LONG' | 'SHORT' | undefined {
  return value === 'LONG' || value === 'SHORT' ? value : undefined;
}

const EARLIEST = Date.UTC(2009, 0, 3);
const LATEST = Date.UTC(2100, 0, 1);
const SQL_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/;

/** Epoch ms from epoch ms or from a date as SQL or ISO writes it; without a zone it is UTC. Nothing after `latest`. */
export function timeOf(value: unknown, latest = LATEST): number | undefined {
  const at = typeof value === 'string' ? parseTime(value.trim()) : numberOf(value);
  if (at === undefined || at < EARLIEST || at > latest) return undefined;
  return Math.round(at);
}

function parseTime(text: string): number | undefined {
  const match = SQL_TIME.exec(text);
  if (!match) return undefined;
  const at = Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`);
  if (Number.isNaN(at)) return undefined;
  // A day its month does not have would become one of the next.
  const day = Number(match[1]?.slice(8));
  return day > 28 && new Date(`${match[1]}T00:00Z`).getUTCDate() !== day ? undefined : at;
}

/** JSON that every value has, for what is kept aside; BLOBs of a row as hex. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(withHex(value), (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part);
    return part;
  }) as string | undefined;
  return text ?? 'null';
}

function withHex(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  const fields = fieldsOf(value);
  if (!fields || !Object.values(fields).some((part) => Buffer.isBuffer(part))) return value;
  return Object.fromEntries(
    Object.entries(fields).map(([key, part]) => [key, Buffer.isBuffer(part) ? part.toString('hex') : part]),
  );
}
