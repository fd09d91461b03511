import BetterSqlite3 from 'better-sqlite3';
import { createHash } from 'node:crypto';

/** The market goes on by itself; when a credential was last used is written on reads too. */
const IGNORED_TABLES: ReadonlySet<string> = new Set(['market_state']);
const IGNORED_COLUMNS: ReadonlySet<string> = new Set(['last_used_at']);

type Row = Readonly<Record<string, unknown>>;

/** A second pair of eyes on a database file that a server uses: what its rows are, and whether they change. */
export class DatabaseState implements Disposable {
  readonly #db: BetterSqlite3.Database;
  readonly #tables: readonly { readonly name: string; readonly columns: ReadonlySet<string> }[];

  constructor(path: string) {
    this.#db = new BetterSqlite3(path, { readonly: true });
    this.#tables = this.#db
      .prepare<[], string>(
        `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`,
      )
      .pluck()
      .all()
      .filter((name) => !IGNORED_TABLES.has(name))
      .map((name) => ({ name, columns: new Set(this.#columnsOf(name)) }));
  }

  /** Another number after every commit of somebody else, whatever it wrote. */
  version(): number {
    return this.#db.pragma('data_version', { simple: true }) as number;
  }

  /** One hash for each table. */
  digests(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#tables.map(({ name }) => [
        name,
        hashOf(this.#db.prepare<[], Row>(`select * from "${name}"`).all()),
      ]),
    );
  }

  /** One hash for each table, of the rows that belong to a user. */
  digestsOf(userId: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#tables.flatMap(({ name, columns }) => {
        const which = ownership(name, columns);
        if (which === null) return [];
        return [
          [
            name,
            hashOf(this.#db.prepare<[Row], Row>(`select * from "${name}" where ${which}`).all({ userId })),
          ],
        ];
      }),
    );
  }

  /** Every cell of every row, as text. */
  texts(): string[] {
    return this.#tables.flatMap(({ name }) =>
      this.#db
        .prepare<[], Row>(`select * from "${name}"`)
        .all()
        .flatMap((row) => Object.values(row).map(String)),
    );
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #columnsOf(table: string): string[] {
    return this.#db.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(table);
  }
}

/** The tables whose rows changed between two looks. */
export function changedTables(before: Readonly<Record<string, string>>, after: typeof before): string[] {
  return Object.keys(after).filter((table) => before[table] !== after[table]);
}

function ownership(table: string, columns: ReadonlySet<string>): string | null {
  const bots = '(select id from bots where user_id = @userId)';
  if (table === 'users') return 'id = @userId';
  if (table === 'arena_events')
    return `room = 'user:' || @userId or room in (select 'bot:' || id from ${bots})`;
  if (table === 'usage_counters')
    return `subject = 'user:' || @userId or subject in (select 'bot:' || id from ${bots})`;
  if (columns.has('user_id')) return 'user_id = @userId';
  if (columns.has('bot_id')) return `bot_id in ${bots}`;
  return columns.has('created_by') ? 'created_by = @userId' : null;
}

function hashOf(rows: readonly Row[]): string {
  const hash = createHash('sha256');
  for (const row of rows)
    hash.update(
      `${JSON.stringify(Object.entries(row).filter(([column]) => !IGNORED_COLUMNS.has(column)))}\n`,
    );
  return hash.digest('hex');
}
