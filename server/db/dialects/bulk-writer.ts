import type BetterSqlite3 from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { compilePrepared, type PreparedQuery, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import { kyselyOn, StatementCache } from './sqlite-driver.ts';
import { addFunctions } from './sqlite-functions.ts';

interface Hot {
  readonly statement: BetterSqlite3.Statement;
  readonly bind: (params: Readonly<Record<string, unknown>>) => unknown[];
}

/** Runs writes one by one on a connection of its own, inside the transaction its owner has begun. */
export class BulkWriter {
  /** For everything that is not a `Write`: migrations, rare reads. */
  readonly kysely: Kysely<Database>;
  readonly #statements: StatementCache;
  readonly #hot = new WeakMap<object, Hot>();

  constructor(handle: BetterSqlite3.Database) {
    addFunctions(handle);
    this.#statements = new StatementCache(handle);
    this.kysely = kyselyOn(this.#statements);
  }

  /** @returns how many rows changed. @throws what `orElse` of the write makes, and what SQLite throws. */
  run({ statement, params, mustChange }: Write): number {
    const changed =
      'sql' in statement
        ? this.#statements.prepare(statement.sql).run([...statement.parameters]).changes
        : this.#runHot(statement, params ?? {});
    if (mustChange && changed !== mustChange.rows) throw mustChange.orElse();
    return changed;
  }

  /** Begins a part of the transaction that can be undone alone. */
  savepoint(): { release: () => void; undo: () => void } {
    const run = (text: string) => this.#statements.prepare(text).run();
    run('savepoint part');
    return {
      release: () => void run('release part'),
      undo: () => {
        run('rollback to part');
        run('release part');
      },
    };
  }

  #runHot(query: PreparedQuery<never, unknown>, params: Readonly<Record<string, unknown>>): number {
    let hot = this.#hot.get(query);
    if (!hot) {
      const { sql, bind } = compilePrepared(this.kysely, query);
      hot = { statement: this.#statements.prepare(sql), bind };
      this.#hot.set(query, hot);
    }
    return hot.statement.run(hot.bind(params)).changes;
  }
}
