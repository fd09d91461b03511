import { createHash } from 'node:crypto';
import type { Db } from '../../db/database.ts';
import { compilePrepared, type Write } from '../../db/prepared.ts';

/** What one statement of a write does to which row, as far as its parameters tell. */
export interface WrittenRow {
  readonly op: 'insert' | 'update' | 'delete' | 'other';
  readonly table: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Compiled {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const compiled = new WeakMap<object, ReturnType<typeof compilePrepared>>();

/** Reads a write back from its compiled statement: nothing else tells what is about to be acknowledged. */
export function describeWrite(db: Db, write: Write): WrittenRow {
  const { sql, values } = compile(db, write);
  const [, verb, table] = /^(insert into|update|delete from) "(\w+)"/.exec(sql) ?? [];
  if (table === undefined) return { op: 'other', table: '', values: {} };
  if (verb === 'delete from') return { op: 'delete', table, values: {} };
  if (verb === 'update') return { op: 'update', table, values: assigned(sql, values) };
  // Its sequence number comes from a query, so its parameters are named, not listed by column.
  if (table === 'arena_events') return { op: 'insert', table, values: eventValues(write.params) };
  const columns = /\(([^)]*)\)/.exec(sql)?.[1]?.match(/\w+/g) ?? [];
  return { op: 'insert', table, values: zip(columns, values) };
}

function compile(db: Db, { statement, params }: Write): Compiled {
  if ('sql' in statement) return { sql: statement.sql, values: statement.parameters };
  let known = compiled.get(statement);
  if (!known) {
    known = compilePrepared(db.read, statement);
    compiled.set(statement, known);
  }
  return { sql: known.sql, values: known.bind(params ?? {}) };
}

/** Every `"column" = ?`; the first one counts, a later one is a condition. */
function assigned(sql: string, values: readonly unknown[]): WrittenRow['values'] {
  const names = [...sql.matchAll(/(?:"(\w+)" = )?\+?\?/g)].map(([, name]) => name ?? '');
  return Object.fromEntries(
    names
      .map((name, index) => [name, shrink(values[index])] as const)
      .toReversed()
      .filter(([name]) => name !== ''),
  );
}

function eventValues(params: Write['params']): WrittenRow['values'] {
  const { room, type, payload, at } = params ?? {};
  return { room, type, at, payload_json: shrink(payload) };
}

function zip(columns: readonly string[], values: readonly unknown[]): WrittenRow['values'] {
  return Object.fromEntries(columns.slice(0, values.length).map((name, i) => [name, shrink(values[i])]));
}

/** Long texts are noted by their hash. */
export function shrink(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= 80) return value;
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
