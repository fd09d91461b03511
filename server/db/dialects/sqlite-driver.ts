import type BetterSqlite3 from 'better-sqlite3';
import {
  CompiledQuery,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Driver,
  type LimitNode,
  type QueryCompiler,
} from 'kysely';
import type { Database } from '../schema/index.ts';

/** Prepares each text once: preparing costs several times a run, and unfreed statements pile up outside the JS heap. */
export class StatementCache {
  readonly #db: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement>();

  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  prepare(sql: string): BetterSqlite3.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    if (this.#statements.size >= 500) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}

/** Takes the write lock at once: a deferred transaction that has read can never be retried, only failed. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/**
 * SQLite prepares a statement anew, at ten times the cost of a run, when a parameter that the plan looked at is bound
 * again (https://sqlite.org/c3ref/prepare.html). It looks at bare parameters only. So a condition that must match a
 * partial index is written with `sql.lit`.
 */
class StablePlanCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(' + 0');
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #database: StatementCache;
  constructor(database: StatementCache) {
    super({ database });
    this.#database = database;
  }
  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database });
  }
  override createQueryCompiler(): QueryCompiler {
    return new StablePlanCompiler();
  }
}

export function kyselyOn(statements: StatementCache): Kysely<Database> {
  return new Kysely<Database>({ dialect: new ImmediateDialect(statements) });
}
