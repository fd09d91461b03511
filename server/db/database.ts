import type { Kysely, Transaction } from 'kysely';
import type { PreparedQuery, Write } from './prepared.ts';
import type { Database } from './schema/index.ts';

/** The database as the arena uses it. `openSqlite` in `dialects/` makes one. */
export interface Db {
  readonly path: string;
  /** For every read. It cannot write. */
  readonly read: Kysely<Database>;
  /** All rows of a prepared read. */
  all<P extends object, Row>(query: PreparedQuery<P, Row>, params: P): Promise<Row[]> | Row[];
  /** The first row of a prepared read. */
  first<P extends object, Row>(
    query: PreparedQuery<P, Row>,
    params: P,
  ): Promise<Row | undefined> | Row | undefined;
  /**
   * Runs the statements in one immediate transaction: all of them or none. Resolves when they are on disk. Writers that
   * arrive together share one fsync; each still succeeds or fails alone.
   * @throws what a statement's `orElse` makes, or the database's error (`isUniqueViolation`).
   */
  commit(writes: readonly Write[]): Promise<void>;
  /**
   * For rare writes that must read what they change. Holds the writer until `run` settles: await only `trx` inside.
   */
  transaction<T>(run: (trx: Transaction<Database>) => Promise<T>): Promise<T>;
  /** Called after every commit that changed rows; returns the way to stop listening. */
  onCommit(listener: () => void): () => void;
  /** A consistent copy of the live database. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

/** What a query function reads from: the database or an open transaction. */
export type Reader = Kysely<Database>;

export function isUniqueViolation(error: unknown): boolean {
  return hasCode(
    error,
    (code) =>
      code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === '23505',
  );
}

export function isBusy(error: unknown): boolean {
  return hasCode(error, (code) => code.startsWith('SQLITE_BUSY'));
}

function hasCode(error: unknown, matches: (code: string) => boolean): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && matches(error.code);
}
