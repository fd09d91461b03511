import BetterSqlite3 from 'better-sqlite3';
import { compilePrepared, type Write } from '../../../server/db/prepared.ts';
import type { Db } from '../../../server/db/database.ts';

interface Bound {
  readonly statement: BetterSqlite3.Statement;
  readonly values: readonly unknown[];
}

/** The same statements without the arena's database layer: prepared once, values at hand, BEGIN IMMEDIATE … COMMIT. */
export class RawWrites implements Disposable {
  readonly db: BetterSqlite3.Database;
  readonly #kysely: Db['read'];
  readonly #statements = new Map<string, BetterSqlite3.Statement>();
  readonly #compiled = new WeakMap<object, ReturnType<typeof compilePrepared>>();

  /** @param kysely only compiles; the statements run on `path`. */
  constructor(path: string, kysely: Db['read']) {
    this.db = new BetterSqlite3(path);
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = FULL');
    this.db.pragma('foreign_keys = ON');
    this.db.pragma('temp_store = MEMORY');
    this.db.pragma('cache_size = -65536');
    this.#kysely = kysely;
  }

  bind(writes: readonly Write[]): Bound[] {
    return writes.map(({ statement, params }) => {
      if ('sql' in statement)
        return { statement: this.#prepare(statement.sql), values: statement.parameters };
      const known = this.#compiled.get(statement) ?? compilePrepared(this.#kysely, statement);
      this.#compiled.set(statement, known);
      return { statement: this.#prepare(known.sql), values: known.bind(params ?? {}) };
    });
  }

  run(group: readonly Bound[]): void {
    this.#prepare('begin immediate').run();
    for (const { statement, values } of group) statement.run(values);
    this.#prepare('commit').run();
  }

  #prepare(sql: string): BetterSqlite3.Statement {
    const statement = this.#statements.get(sql) ?? this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}
