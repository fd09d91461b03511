/** One page of a history, newest first: rows from `from` on that come before (`beforeAt`, `beforeKey`). */
export interface TimePage<Key extends string | number> {
  readonly from: number;
  readonly beforeAt: number;
  readonly beforeKey: Key;
  readonly limit: number;
}

/** Sorts after every id. */
export const LAST_ID = '\u{10FFFF}';
/** Sorts after every sequence number. */
export const LAST_SEQ = Number.MAX_SAFE_INTEGER;
