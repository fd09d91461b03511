import BetterSqlite3 from 'better-sqlite3';
import { sql, type Kysely } from 'kysely';
import { NO_MIGRATIONS } from 'kysely/migration';
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { StartupError } from '../errors.ts';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import { kyselyOn, StatementCache } from './dialects/sqlite-driver.ts';
import { createMigrator, migrateToLatest } from './migrator.ts';
import type { Database } from './schema/index.ts';

const FIRST = '0001_initial_schema';

function execute(file: string, text: string): void {
  const db = new BetterSqlite3(file);
  db.exec(text);
  db.close();
}

function query(file: string, text: string): unknown {
  const db = new BetterSqlite3(file, { readonly: true });
  const rows = db.prepare(text).pluck().all();
  db.close();
  return rows;
}

async function schemaOf(db: Kysely<Database>): Promise<unknown[]> {
  const { rows } = await sql`select type, name, sql from sqlite_master
    where name not like 'sqlite_%' and name not like 'kysely_%' order by name`.execute(db);
  return rows;
}

describe('a migration run', () => {
  it('fills a new file without a backup, and does nothing the second time', async () => {
    const file = tempDatabasePath();
    const first = await migrateToLatest(file, 'one');
    expect(first.applied).toContain(FIRST);
    expect(first.backupPath).toBeNull();
    expect(await migrateToLatest(file, 'two')).toEqual({ applied: [], backupPath: null });
    expect(readdirSync(path.dirname(file)).filter((name) => name.includes('before'))).toEqual([]);
  });

  it('copies an existing file first, and is safe to repeat over its own tables', async () => {
    const file = tempDatabasePath();
    await migrateToLatest(file, 'one');
    execute(
      file,
      `insert into users (id, username, role, created_at) values ('u', 'ann', 'user', 1);
       delete from kysely_migration`,
    );
    const report = await migrateToLatest(file, 'two');
    expect(report.applied).toContain(FIRST);
    expect(report.backupPath).toBe(`${file}.before-two.db`);
    for (const copy of [file, `${file}.before-two.db`])
      expect(query(copy, 'select username from users')).toEqual(['ann']);
    expect(query(`${file}.before-two.db`, 'select name from kysely_migration')).toEqual([]);
    expect(query(file, 'select name from kysely_migration')).toContain(FIRST);
  });

  it('changes nothing when the copy is not intact', async () => {
    const file = tempDatabasePath();
    await migrateToLatest(file, 'one');
    execute(file, 'delete from kysely_migration; pragma wal_checkpoint(truncate)');
    const [root] = query(file, "select rootpage from sqlite_master where name = 'bots'") as [number];
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(64, 0xee), 0, 64, (root - 1) * 4096);
    closeSync(handle);
    await expect(migrateToLatest(file, 'two')).rejects.toThrow(
      /The backup .*before-two\.db is not intact .*nothing was changed/s,
    );
    expect(query(file, 'select name from kysely_migration')).toEqual([]);
  });

  it('goes up, down to nothing, and up to the same again', async () => {
    const handle = new BetterSqlite3(tempDatabasePath());
    handle.pragma('foreign_keys = ON');
    const db = kyselyOn(new StatementCache(handle));
    const migrator = createMigrator(db);
    expect((await migrator.migrateToLatest()).error).toBeUndefined();
    const up = await schemaOf(db);
    expect(up.length).toBeGreaterThan(20);
    await db
      .insertInto('audit_log')
      .values({ action: 'a', subject_type: 's', subject_id: 'i', details_json: '{}', created_at: 1 })
      .execute();
    expect((await migrator.migrateTo(NO_MIGRATIONS)).error).toBeUndefined();
    expect(await schemaOf(db)).toEqual([]);
    expect((await migrator.migrateToLatest()).error).toBeUndefined();
    expect(await schemaOf(db)).toEqual(up);
    await db.destroy();
  });
});

describe('a refused file', () => {
  it('of the old server is named the command, and is left byte for byte', async () => {
    const file = tempDatabasePath();
    execute(
      file,
      "create table arena_state (id integer primary key, state text); insert into arena_state values (1, '{}')",
    );
    const before = readFileSync(file);
    await expect(migrateToLatest(file, 'one')).rejects.toThrow(
      new StartupError(
        `${file} is a database of the old server. Move it into tables first: node scripts/migrate_state_to_tables.ts --from ${file}`,
      ),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });

  it('of another program, or that is no database, is refused', async () => {
    const file = tempDatabasePath();
    execute(file, 'create table songs (title text)');
    await expect(migrateToLatest(file, 'now')).rejects.toThrow(/another program/);
    expect(query(file, "select name from sqlite_master where type = 'table'")).toEqual(['songs']);
    const text = tempDatabasePath();
    writeFileSync(text, 'not a database, but long enough to be read as one'.repeat(40));
    await expect(migrateToLatest(text, 'now')).rejects.toThrow(StartupError);
  });

  it('of a later version asks for an update', async () => {
    const file = tempDatabasePath();
    await migrateToLatest(file, 'one');
    execute(file, "insert into kysely_migration (name, timestamp) values ('9999_later', '2030')");
    await expect(migrateToLatest(file, 'two')).rejects.toThrow(
      new StartupError(
        'This database was written by a later version of the arena (9999_later). Update the arena.',
      ),
    );
  });
});
