import { CompiledQuery, type Compilable, type Kysely, type Transaction } from 'kysely';
import type { Database } from './schema/index.ts';

/** Stands for a value that each run binds. Kysely sees it as an ordinary parameter. */
export class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export interface Params<P> {
  <Name extends keyof P & string>(name: Name): NonNullable<P[Name]>;
  /** The named parameters as an object, for `values()` and `set()`. */
  pick<Name extends keyof P & string>(...names: Name[]): Pick<P, Name>;
}

/**
 * A query that Kysely builds once for each database; every run only binds its parameters. For the hot statements:
 * building the tree and preparing it cost several times the run (docs/adr/2026-11-21-prepared-statements.md).
 */
export interface PreparedQuery<P, Row> {
  readonly build: (db: Kysely<Database>, param: Params<P>) => Compilable<Row>;
}

export function prepared<P, Row = unknown>(build: PreparedQuery<P, Row>['build']): PreparedQuery<P, Row> {
  return { build };
}

/** One statement of a write: what to run, and what must come of it. */
export interface Write {
  readonly statement: PreparedQuery<never, unknown> | CompiledQuery;
  readonly params: Readonly<Record<string, unknown>> | null;
  /** Rows that must change, else the whole group rolls back with the error `orElse` makes. */
  readonly mustChange?: { readonly rows: number; readonly orElse: () => Error };
}

export function write<P extends object>(
  statement: PreparedQuery<P, unknown>,
  params: P,
  mustChange?: Write['mustChange'],
): Write {
  return { statement, params: params as Readonly<Record<string, unknown>>, mustChange };
}

/** For statements that are too rare to prepare. */
export function writeOnce(query: Compilable, mustChange?: Write['mustChange']): Write {
  return { statement: query.compile(), params: null, mustChange };
}

/** Builds a prepared query and tells how to bind its parameters in order. */
export function compilePrepared<P, Row>(
  db: Kysely<Database>,
  query: PreparedQuery<P, Row>,
): { sql: string; bind: (params: Readonly<Record<string, unknown>>) => unknown[] } {
  const param = ((name: string) => new Placeholder(name)) as unknown as Params<P>;
  param.pick = (...names) => Object.fromEntries(names.map((name) => [name, new Placeholder(name)])) as never;
  const { sql, parameters } = query.build(db, param).compile();
  const names = parameters.map((value) => (value instanceof Placeholder ? value.name : null));
  return {
    sql,
    bind: (params) => names.map((name, i) => (name === null ? parameters[i] : params[name])),
  };
}

/**
 * Runs a write in a transaction that is open, beside what it reads.
 * @throws what a `commit` of it would.
 */
export async function runWrite(
  trx: Transaction<Database>,
  { statement, params, mustChange }: Write,
): Promise<void> {
  const query = 'sql' in statement ? statement : bindPrepared(trx, statement, params ?? {});
  const { numAffectedRows = 0n } = await trx.executeQuery(query);
  if (mustChange && numAffectedRows !== BigInt(mustChange.rows)) throw mustChange.orElse();
}

function bindPrepared(
  db: Kysely<Database>,
  query: PreparedQuery<never, unknown>,
  params: Readonly<Record<string, unknown>>,
): CompiledQuery {
  const { sql, bind } = compilePrepared(db, query);
  return CompiledQuery.raw(sql, bind(params));
}
