import { sql, type Kysely, type RawBuilder } from 'kysely';
import { kyselyOn, StatementCache } from '../db/dialects/sqlite-driver.ts';
import type { Database } from '../db/schema/index.ts';
import { StartupError } from '../errors.ts';
import { openReadOnly, unreadable } from './read-only.ts';
import { brokenAt, splitState, type Slice, type StateShape } from './split-state.ts';
import type { Fields } from './values.ts';

/** Beyond this a single bot may not fit into a string, nor the rest into memory beside it. */
const MOST_STATE_BYTES = 500 * 1024 * 1024;
const CHUNK_BYTES = 32 * 1024 * 1024;
const ROWS_AT_ONCE = 5000;

/** Tells whether the states are still the same. */
export const STATE_MARK = sql<{ mark: string }>`
  select group_concat(length(cast(state as blob)) || ' ' || hex(substr(cast(state as blob), -500))) as mark
  from arena_state`;

/** A row of a legacy table. */
export interface SourceRow {
  /** The table and the row's place in it, such as `users[3]`. */
  readonly path: string;
  readonly fields: Fields;
}

/** A legacy database, opened to read. */
export class LegacySource {
  /** All tables but SQLite's own. */
  readonly tables: ReadonlySet<string>;
  readonly #path: string;
  readonly #close: () => void;
  readonly #statements: StatementCache;
  readonly #db: Kysely<Database>;

  /** @throws StartupError when the file is no legacy arena. */
  constructor(path: string) {
    this.#path = path;
    const { handle, close } = openReadOnly(path);
    this.#close = close;
    this.#statements = new StatementCache(handle);
    this.#db = kyselyOn(this.#statements);
    try {
      // Whatever is written meanwhile, one state of it is read.
      handle.exec('begin');
      this.tables = new Set(this.#tableNames());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#close();
  }

  /** The rows of a table, in order; none of a table that does not exist. */
  *rows(table: string): Generator<SourceRow> {
    if (!this.tables.has(table)) return;
    const columns = this.#columns(table);
    const rowid = this.#isKeyed(table)
      ? ['rowid', '_rowid_', 'oid'].find((name) => !columns.includes(name))
      : undefined;
    let index = 0;
    if (rowid === undefined) {
      for (const fields of this.#all<Fields>(sql`select * from ${sql.id(table)}`))
        yield { path: `${table}[${index++}]`, fields };
      return;
    }
    let after = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = this.#all<Fields & { legacy_rowid: number }>(
        sql`select ${sql.ref(rowid)} as legacy_rowid, * from ${sql.id(table)}
          where ${sql.ref(rowid)} > ${after} order by ${sql.ref(rowid)} limit ${ROWS_AT_ONCE}`,
      );
      for (const { legacy_rowid: at, ...fields } of rows) {
        yield { path: `${table}[${index++}]`, fields };
        after = at;
      }
      if (rows.length < ROWS_AT_ONCE) return;
    }
  }

  /** Whether its rows have numbers of their own; tables `without rowid` and those of extensions have none. */
  #isKeyed(table: string): boolean {
    const [row] = this.#all<{ type: string; wr: number }>(
      sql`select type, wr from pragma_table_list where schema = 'main' and name = ${table}`,
    );
    return row?.type === 'table' && row.wr === 0;
  }

  /** The rows of `arena_state` that are not the state. */
  otherStates(): readonly SourceRow[] {
    return this.#all<Fields>(sql`select * from arena_state where rowid <> ${this.#stateRow()}`).map(
      (fields, i) => ({ path: `arena_state[${i + 1}]`, fields }),
    );
  }

  countRows(table: string): number {
    if (!this.tables.has(table)) return 0;
    return this.#all<{ n: number }>(sql`select count(*) as n from ${sql.id(table)}`)[0]?.n ?? 0;
  }

  stateMark(): string | undefined {
    return this.#all<{ mark: string }>(STATE_MARK)[0]?.mark;
  }

  /** @throws StartupError when the state is no text, too large, or its JSON is broken, naming the byte. */
  state(): LegacyState {
    const [row] = this.#all<{ bytes: number; kind: string; updated_at: unknown }>(
      sql`select length(cast(state as blob)) as bytes, typeof(state) as kind, ${this.#timeColumn()} as updated_at
        from arena_state where rowid = ${this.#stateRow()}`,
    );
    if (!row)
      return new LegacyState({ bots: [], others: new Map() }, { bytes: 0, updatedAt: null }, () => '');
    if (row.kind !== 'text')
      throw new StartupError(
        `arena_state.state is ${row.kind}, not text: this is not the state of the old server. Nothing was changed.`,
      );
    if (row.bytes > MOST_STATE_BYTES)
      throw new StartupError(
        `The state is ${row.bytes} bytes long; at most ${MOST_STATE_BYTES} (500 MiB) can be moved. Nothing was changed.`,
      );
    const facts = { bytes: row.bytes, updatedAt: row.updated_at };
    if (row.bytes > CHUNK_BYTES)
      return new LegacyState(splitState(this.#chunks(row.bytes)), facts, this.#windowed());
    const whole = this.#bytes(0, row.bytes);
    return new LegacyState(splitState([whole]), facts, ({ from, to }) => whole.toString('utf8', from, to));
  }

  /** Reads slices in order: each read of the state costs all of it, so small ones share one. */
  #windowed(): (slice: Slice) => string {
    let window: { from: number; bytes: Buffer } = { from: 0, bytes: Buffer.alloc(0) };
    return ({ from, to }) => {
      if (to - from > CHUNK_BYTES) return this.#bytes(from, to - from).toString();
      if (from < window.from || to > window.from + window.bytes.length)
        window = { from, bytes: this.#bytes(from, CHUNK_BYTES) };
      return window.bytes.toString('utf8', from - window.from, to - window.from);
    };
  }

  *#chunks(bytes: number): Generator<Buffer> {
    for (let from = 0; from < bytes; from += CHUNK_BYTES) yield this.#bytes(from, CHUNK_BYTES);
  }

  #bytes(from: number, length: number): Buffer {
    const [row] = this.#all<{ piece: Buffer }>(
      sql`select substr(cast(state as blob), ${from + 1}, ${length}) as piece
        from arena_state where rowid = ${this.#stateRow()}`,
    );
    return row?.piece ?? Buffer.alloc(0);
  }

  #tableNames(): string[] {
    const names = this.#all<{ name: string }>(
      sql`select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_'`,
    ).map(({ name }) => name);
    if (names.includes('arena_state') && this.#columns('arena_state').includes('state')) return names;
    throw new StartupError(
      `${this.#path} is not a database of the old server: it has no state of an arena. Nothing was changed.`,
    );
  }

  #columns(table: string): string[] {
    return this.#all<{ name: string }>(sql`select name from pragma_table_info(${table})`).map(
      ({ name }) => name,
    );
  }

  /** The row with the id 1, or the first. Found by itself: sorting the rows would hold the whole state once more. */
  #stateRow(): RawBuilder<unknown> {
    const first = this.#columns('arena_state').includes('id') ? sql`id <> 1, rowid` : sql`rowid`;
    return sql`(select rowid from arena_state order by ${first} limit 1)`;
  }

  /** Some had no time of the state. */
  #timeColumn(): RawBuilder<unknown> {
    return this.#columns('arena_state').includes('updated_at') ? sql.ref('updated_at') : sql.lit(null);
  }

  #all<Row>(query: RawBuilder<unknown>): Row[] {
    const { sql: text, parameters } = query.compile(this.#db);
    try {
      return this.#statements.prepare(text).all(...parameters) as Row[];
    } catch (error) {
      if (isDamage(error)) throw unreadable(this.#path, error);
      throw error;
    }
  }
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^SQLITE_(CORRUPT|NOTADB|IOERR|CANTOPEN)/.test(code);
}

/** The old server's JSON, bot by bot. */
export class LegacyState {
  readonly bytes: number;
  readonly updatedAt: unknown;
  /** null when `bots` is no array. */
  readonly botCount: number | null;
  readonly #shape: StateShape;
  readonly #text: (slice: Slice) => string;

  constructor(
    shape: StateShape,
    facts: { readonly bytes: number; readonly updatedAt: unknown },
    text: (slice: Slice) => string,
  ) {
    this.#shape = shape;
    this.#text = text;
    this.bytes = facts.bytes;
    this.updatedAt = facts.updatedAt;
    this.botCount = shape.bots?.length ?? null;
  }

  /** The bots, each parsed when it is read, so that one at a time is held. `read` throws StartupError naming the byte at which the JSON breaks. */
  *bots(): Generator<{ readonly path: string; readonly read: () => unknown }> {
    for (const [i, slice] of (this.#shape.bots ?? []).entries())
      yield { path: `arena_state.bots[${i}]`, read: () => this.#parse(slice) };
  }

  get otherKeys(): readonly string[] {
    return [...this.#shape.others.keys()];
  }

  other(key: string): unknown {
    const slice = this.#shape.others.get(key);
    return slice && this.#parse(slice);
  }

  #parse(slice: Slice): unknown {
    const text = this.#text(slice);
    try {
      return JSON.parse(text);
    } catch (error) {
      const what = error instanceof Error ? error.message : 'not JSON';
      const position = positionOf(what, text);
      throw brokenAt(slice.from + Buffer.byteLength(text.slice(0, position)), what);
    }
  }
}

/** Where V8 says that JSON breaks: by number, or by showing ten characters on each side. */
function positionOf(message: string, text: string): number {
  const number = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
  if (number !== undefined) return Number(number);
  const shown = /, (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message)?.[1] ?? '';
  const at = shown === '' ? -1 : text.indexOf(shown);
  return at < 0 ? text.length : at + Math.min(10, Math.floor(shown.length / 2));
}
