import BetterSqlite3 from 'better-sqlite3';
import type { Kysely, Transaction } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../../errors.ts';
import { isBusy, type Db } from '../database.ts';
import { compilePrepared, type PreparedQuery, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import { ensurePrivateFile } from '../private-file.ts';
import { StatementCache, kyselyOn } from './sqlite-driver.ts';
import { addFunctions } from './sqlite-functions.ts';

const LEAST_SQLITE = [3, 51, 3];
const BUSY_RETRY_MS = 5;
/** Another process that closes the file keeps it to itself for a moment. */
const OPEN_LIMIT_MS = 5000;

export interface SqliteOptions {
  /** How long a write waits for another process that holds the file; 5 s unless said otherwise. */
  readonly busyLimitMs: number;
}

interface Job {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Hot {
  readonly statement: BetterSqlite3.Statement;
  readonly bind: (params: Readonly<Record<string, unknown>>) => unknown[];
}

/**
 * Opens (or creates) a database file: one connection that writes, one that only reads.
 * @throws StartupError when SQLite is too old or a pragma does not hold.
 */
export function openSqlite(path: string, options: SqliteOptions = { busyLimitMs: 5000 }): Db {
  const writer = connect(path);
  const reader = connect(path);
  reader.pragma('query_only = ON');
  return new SqliteDb(path, { writer, reader }, options);
}

function connect(path: string): BetterSqlite3.Database {
  const db = new BetterSqlite3(path, { timeout: OPEN_LIMIT_MS });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // Without it INSERT OR REPLACE deletes past the triggers that keep history append-only.
  db.pragma('recursive_triggers = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -65536');
  // Pages that change again before 16 MB are logged are copied into the database once.
  db.pragma('wal_autocheckpoint = 4000');
  assertDurable(db);
  addFunctions(db);
  // From here on waiting must not stop the event loop.
  db.pragma('busy_timeout = 0');
  return db;
}

/** WAL with less than synchronous=FULL loses acknowledged commits on power loss. */
function assertDurable(db: BetterSqlite3.Database): void {
  const version = String(db.prepare('select sqlite_version()').pluck().get());
  if (compareVersions(version.split('.').map(Number), LEAST_SQLITE) < 0)
    throw new StartupError(
      `SQLite ${version} is too old: the arena needs ${LEAST_SQLITE.join('.')} or later. Run \`npm ci\`.`,
    );
  const expected = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 };
  for (const [name, value] of Object.entries(expected)) {
    const actual = db.pragma(name, { simple: true });
    if (actual !== value)
      throw new StartupError(`The database has ${name}=${String(actual)}; it must be ${value}.`);
  }
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (const [i, part] of b.entries()) if (a[i] !== part) return (a[i] ?? 0) - part;
  return 0;
}

class SqliteDb implements Db {
  readonly path: string;
  readonly read: Kysely<Database>;
  readonly #busyLimitMs: number;
  readonly #writer: BetterSqlite3.Database;
  readonly #writerStatements: StatementCache;
  readonly #readerStatements: StatementCache;
  readonly #writeKysely: Kysely<Database>;
  readonly #hotReads = new WeakMap<object, Hot>();
  readonly #hotWrites = new WeakMap<object, Hot>();
  readonly #listeners = new Set<() => void>();
  #queue: Job[] = [];
  #isFlushScheduled = false;
  /** Settles when whoever holds the writer lets go. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    path: string,
    connections: { writer: BetterSqlite3.Database; reader: BetterSqlite3.Database },
    options: SqliteOptions,
  ) {
    this.path = path;
    this.#busyLimitMs = options.busyLimitMs;
    this.#writer = connections.writer;
    this.#writerStatements = new StatementCache(connections.writer);
    this.#readerStatements = new StatementCache(connections.reader);
    this.#writeKysely = kyselyOn(this.#writerStatements);
    this.read = kyselyOn(this.#readerStatements);
  }

  all<P extends object, Row>(query: PreparedQuery<P, Row>, params: P): Row[] {
    const { statement, bind } = this.#hot(this.#hotReads, query, this.#readerStatements);
    return statement.all(bind(params as never)) as Row[];
  }

  first<P extends object, Row>(query: PreparedQuery<P, Row>, params: P): Row | undefined {
    const { statement, bind } = this.#hot(this.#hotReads, query, this.#readerStatements);
    return statement.get(bind(params as never)) as Row | undefined;
  }

  commit(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ writes, resolve, reject });
      if (this.#isFlushScheduled) return;
      this.#isFlushScheduled = true;
      setImmediate(() => this.#hold(() => this.#flush()));
    });
  }

  transaction<T>(run: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
    return this.#hold(async () => {
      const result = await this.#retryWhileBusy(() => this.#writeKysely.transaction().execute(run));
      this.#notify();
      return result;
    });
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A read transaction of its own pins one state: commits meanwhile neither enter the copy nor start it again. */
  async backup(path: string): Promise<void> {
    const source = new BetterSqlite3(this.path, { timeout: 0, readonly: true });
    try {
      source.exec('begin');
      source.prepare('select 1 from sqlite_master').get();
      ensurePrivateFile(path);
      await source.backup(path);
    } finally {
      source.close();
    }
  }

  async close(): Promise<void> {
    while (this.#queue.length > 0 || this.#isFlushScheduled) await sleep(1);
    await this.#writing;
    this.#readerStatements.close();
    this.#writerStatements.close();
  }

  #hold<T>(run: () => Promise<T>): Promise<T> {
    const held = this.#writing.then(run);
    // Whoever waits for the writer waits for its end, good or bad; the failure itself goes to the caller.
    this.#writing = Promise.allSettled([held]);
    return held;
  }

  async #flush(): Promise<void> {
    this.#isFlushScheduled = false;
    const jobs = this.#queue;
    this.#queue = [];
    let settled: (() => void)[];
    try {
      await this.#begin();
      settled = this.#runTogether(jobs) ?? (await this.#runApart(jobs));
      this.#writerStatements.prepare('commit').run();
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.exec('rollback');
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const settle of settled) settle();
    this.#notify();
  }

  async #begin(): Promise<void> {
    await this.#retryWhileBusy(async () => this.#writerStatements.prepare('begin immediate').run());
  }

  /** Savepoints cost half as much as the rows between them, and failures are rare: undefined tells of one. */
  #runTogether(jobs: readonly Job[]): (() => void)[] | undefined {
    try {
      for (const job of jobs) for (const write of job.writes) this.#runWrite(write);
    } catch (error) {
      if (jobs.length === 1) throw error;
      return undefined;
    }
    return jobs.map((job) => job.resolve);
  }

  /** All over again, so that who fails fails alone. */
  async #runApart(jobs: readonly Job[]): Promise<(() => void)[]> {
    if (this.#writer.inTransaction) this.#writer.exec('rollback');
    await this.#begin();
    return jobs.map((job) => this.#runJob(job));
  }

  /** Runs one writer's statements behind a savepoint, so that its failure leaves the others standing. */
  #runJob(job: Job): () => void {
    this.#writerStatements.prepare('savepoint job').run();
    try {
      for (const write of job.writes) this.#runWrite(write);
    } catch (error) {
      // A full disk or an I/O error may end the whole transaction; then nobody's writes stand.
      if (!this.#writer.inTransaction) throw error;
      this.#writerStatements.prepare('rollback to job').run();
      this.#writerStatements.prepare('release job').run();
      return () => job.reject(error);
    }
    this.#writerStatements.prepare('release job').run();
    return job.resolve;
  }

  #runWrite({ statement, params, mustChange }: Write): void {
    const changed =
      'sql' in statement
        ? this.#writerStatements.prepare(statement.sql).run([...statement.parameters]).changes
        : this.#runHot(statement, params ?? {});
    if (mustChange && changed !== mustChange.rows) throw mustChange.orElse();
  }

  #runHot(query: PreparedQuery<never, unknown>, params: Readonly<Record<string, unknown>>): number {
    const { statement, bind } = this.#hot(this.#hotWrites, query, this.#writerStatements);
    return statement.run(bind(params)).changes;
  }

  #hot(known: WeakMap<object, Hot>, query: PreparedQuery<never, unknown>, statements: StatementCache): Hot {
    let hot = known.get(query);
    if (!hot) {
      const { sql, bind } = compilePrepared(this.read, query);
      hot = { statement: statements.prepare(sql), bind };
      known.set(query, hot);
    }
    return hot;
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Another process may hold the write lock: wait off the event loop. */
  async #retryWhileBusy<T>(run: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#busyLimitMs;
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        await sleep(BUSY_RETRY_MS);
      }
    }
  }
}
