import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import { kyselyOn, StatementCache } from '../dialects/sqlite-driver.ts';
import { createMigrator } from '../migrator.ts';
import type { Findings } from './findings.ts';

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

let expectedSchema: Promise<readonly SchemaObject[]> | undefined;

/** I9 (append-only triggers), I16 (STRICT), I18 (foreign keys) and I20 (intact file, schema as the migrations leave it). */
export async function checkSchema(db: Reader, findings: Findings): Promise<void> {
  expectedSchema ??= migrateInMemory();
  const actual = new Map((await listSchema(db)).map((object) => [`${object.type} ${object.name}`, object]));
  for (const expected of await expectedSchema) {
    const found = actual.get(`${expected.type} ${expected.name}`);
    if (found?.sql === expected.sql) continue;
    if (expected.type === 'trigger')
      findings.add('I9', 'an append-only trigger is missing or changed', { ...expected });
    else findings.add('I20', 'the schema differs from what the migrations leave', { expected, found });
  }
  const loose = await sql<{ name: string }>`select name from pragma_table_list
    where schema = 'main' and type = 'table' and strict = 0
    and name not like 'sqlite_%' and name not like 'kysely_%'`.execute(db);
  const known = new Set((await expectedSchema).map((object) => object.name));
  findings.addAll(
    'I16',
    'a table is not STRICT',
    loose.rows.filter((row) => known.has(row.name)),
  );
}

/** A database of an earlier schema may lack it; `checkSchema` tells of that. */
export async function hasColumn(db: Reader, table: string, column: string): Promise<boolean> {
  const { rows } = await sql`select 1 from pragma_table_info(${table}) where name = ${column}`.execute(db);
  return rows.length > 0;
}

export async function checkFile(db: Reader, findings: Findings): Promise<void> {
  const orphans = await sql<{ table: string; rowid: number; parent: string }>`
    select "table", rowid, parent from pragma_foreign_key_check`.execute(db);
  findings.addAll('I18', 'a row points at a parent that does not exist', orphans.rows);
  const verdict = await sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(db);
  findings.addAll(
    'I20',
    'the file is not intact',
    verdict.rows.filter((row) => row.integrity_check !== 'ok'),
  );
}

async function migrateInMemory(): Promise<readonly SchemaObject[]> {
  const db = kyselyOn(new StatementCache(new BetterSqlite3(':memory:')));
  try {
    const { error } = await createMigrator(db).migrateToLatest();
    if (error !== undefined) throw error;
    return await listSchema(db);
  } finally {
    await db.destroy();
  }
}

async function listSchema(db: Reader): Promise<readonly SchemaObject[]> {
  const { rows } = await sql<SchemaObject>`select type, name, sql from sqlite_master
    where name not like 'sqlite_%' and name not like 'kysely_%' and sql is not null`.execute(db);
  return rows;
}
