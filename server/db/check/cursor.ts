import { setImmediate as nextTurn } from 'node:timers/promises';

const CHUNK_ROWS = 5000;

/** Walks a table in the order of an integer key, a chunk in memory at a time, letting other work run between chunks. */
export class Cursor<Row> {
  readonly #fetch: (after: number, limit: number) => Promise<Row[]>;
  readonly #keyOf: (row: Row) => number;
  #buffer: readonly Row[] = [];
  #start = 0;
  #after = 0;
  #isAtEnd = false;
  /** Rows handed out so far. */
  count = 0;

  constructor(fetch: (after: number, limit: number) => Promise<Row[]>, keyOf: (row: Row) => number) {
    this.#fetch = fetch;
    this.#keyOf = keyOf;
  }

  /** The rows not seen yet with a key of at most `limit`, in chunks. */
  async *upTo(limit: number): AsyncGenerator<readonly Row[]> {
    while (await this.#fill()) {
      const end = this.#endOf(limit);
      if (end === this.#start) return;
      const rows = this.#buffer.slice(this.#start, end);
      this.#start = end;
      this.count += rows.length;
      yield rows;
    }
  }

  async #fill(): Promise<boolean> {
    if (this.#start < this.#buffer.length) return true;
    if (this.#isAtEnd) return false;
    await nextTurn();
    this.#buffer = await this.#fetch(this.#after, CHUNK_ROWS);
    this.#start = 0;
    this.#isAtEnd = this.#buffer.length < CHUNK_ROWS;
    const last = this.#buffer.at(-1);
    if (last === undefined) return false;
    this.#after = this.#keyOf(last);
    return true;
  }

  #endOf(limit: number): number {
    if (this.#after <= limit) return this.#buffer.length;
    let end = this.#start;
    for (let row = this.#buffer[end]; row !== undefined && this.#keyOf(row) <= limit; row = this.#buffer[end])
      end += 1;
    return end;
  }
}
