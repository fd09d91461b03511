import BetterSqlite3 from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCleanDatabase } from '../../test/support/check.ts';
import { writeSampleDatabase } from '../../test/support/sample-database.ts';
import { minute } from '../../test/support/sample-writer.ts';
import { LEDGER_COLUMNS, MUTATIONS } from '../../test/support/mutations.ts';
import { checkInBackground } from './in-background.ts';
import { checkDatabase } from './index.ts';

let dir: string;
let sample: string;
let file: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'arena-check-'));
  sample = path.join(dir, 'sample.db');
  await writeSampleDatabase(sample);
});

beforeEach(() => {
  file = path.join(dir, 'mutated.db');
  copyFileSync(sample, file);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function mutate(sql: string): void {
  const db = new BetterSqlite3(file);
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  const triggers = db
    .prepare<[], { name: string; sql: string }>(`select name, sql from sqlite_master where type = 'trigger'`)
    .all();
  const isAboutTriggers = sql.includes('trigger');
  if (!isAboutTriggers) for (const trigger of triggers) db.exec(`drop trigger ${trigger.name}`);
  db.exec(sql);
  if (!isAboutTriggers) for (const trigger of triggers) db.exec(trigger.sql);
  db.close();
}

/** Takes a constraint off a table, so that rows can break it. */
function loosen(table: string, change: { from: RegExp; to: string; index?: string }): void {
  const db = new BetterSqlite3(file);
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  const read = db.prepare<[string], { sql: string }>(
    `select sql from sqlite_master where type = 'table' and name = ?`,
  );
  const sql = read.get(table)?.sql.replace(change.from, change.to);
  db.prepare(`update sqlite_master set sql = ? where type = 'table' and name = ?`).run(sql, table);
  if (change.index !== undefined)
    db.prepare(`delete from sqlite_master where type = 'index' and name = ?`).run(change.index);
  db.close();
}

describe('checkDatabase', () => {
  it('finds nothing in a sound database and counts its rows', async () => {
    const report = await checkDatabase(file);
    expect(report).toEqual({
      violations: [],
      counts: { bots: 3, positions: 5, trades: 11, ledgerEntries: 47, priceSets: 2, snapshots: 5 },
    });
    await expectCleanDatabase(file);
  });

  it.each(MUTATIONS)('finds $name: $finds', async ({ sql, finds }) => {
    mutate(sql);
    const { violations } = await checkDatabase(file);
    const found = new Set(violations.map((violation) => violation.invariant));
    expect([...found].sort()).toEqual([...finds].sort());
    for (const { count, rows } of violations) {
      expect(count).toBeGreaterThan(0);
      expect(rows.length).toBe(Math.min(count, 10));
    }
    await expect(expectCleanDatabase(file)).rejects.toThrow(finds[0]);
  });

  it('finds two turns with one number where the constraint is gone: I12', async () => {
    loosen('bot_turns', {
      from: /, constraint "bot_turns_number" unique \([^)]*\)/,
      to: '',
      index: 'sqlite_autoindex_bot_turns_2',
    });
    mutate(`update bot_turns set turn_no = 1`);
    const { violations } = await checkDatabase(file);
    const found = new Set(violations.map((violation) => violation.invariant));
    expect([...found]).toEqual(['I12', 'I20']);
  });

  it('finds a table that is not STRICT: I16', async () => {
    loosen('candles', { from: /\s+strict$/, to: '' });
    const { violations } = await checkDatabase(file);
    expect(violations.map((violation) => violation.invariant)).toEqual(['I16', 'I20']);
  });

  it('finds a page that was overwritten: I20', async () => {
    const db = new BetterSqlite3(file);
    const page = db
      .prepare<[], number>(`select rootpage from sqlite_master where name = 'trades'`)
      .pluck()
      .get();
    db.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, ((page ?? 0) - 1) * 4096, (page ?? 0) * 4096);
    writeFileSync(file, bytes);
    const { violations } = await checkDatabase(file);
    expect(violations.map((violation) => violation.invariant)).toContain('I20');
  });

  it('shows ten rows and counts them all', async () => {
    mutate(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 25)
            insert into ledger_entries (${LEDGER_COLUMNS}) select 'lone-' || i, 'u1', 'alice', 1, 'market', 1, 'decision', null,
            null, ${minute(90)} from n`);
    const { violations } = await checkDatabase(file);
    expect(violations.map(({ count, rows }) => [count, rows.length])).toEqual([[25, 10]]);
  });

  it('checks one instant of a database that is being written, and leaves the writer alone', async () => {
    const writer = new BetterSqlite3(file);
    writer.pragma('journal_mode = WAL');
    const running = checkDatabase(file);
    writer.exec(`update bot_accounts set skipped_turns = 1`);
    expect((await running).violations).toEqual([]);
    expect(readdirSync(dir)).toContain('mutated.db-wal');
    writer.close();
  });

  it('leaves no file behind', async () => {
    const before = readdirSync(dir);
    await checkDatabase(file);
    expect(readdirSync(dir)).toEqual(before);
  });

  it('runs on a thread of its own', async () => {
    const report = await checkInBackground(file, new AbortController().signal);
    expect(report).toEqual(await checkDatabase(file));
    const missing = checkInBackground(path.join(dir, 'none.db'), new AbortController().signal);
    await expect(missing).rejects.toThrow('There is no file');
    await expect(checkInBackground(file, AbortSignal.abort(new Error('stopping')))).rejects.toThrow(
      'stopping',
    );
  });

  it('refuses what is not an arena database', async () => {
    const missing = path.join(dir, 'missing.db');
    await expect(checkDatabase(missing)).rejects.toThrow('There is no file');
    expect(existsSync(missing)).toBe(false);
    const text = path.join(dir, 'notes.txt');
    writeFileSync(text, 'not a database at all, just a few words in a file');
    await expect(checkDatabase(text)).rejects.toThrow('is not an arena database');
    const other = path.join(dir, 'other.db');
    new BetterSqlite3(other).exec('create table t (a)').close();
    await expect(checkDatabase(other)).rejects.toThrow('is not an arena database');
    const legacy = path.join(dir, 'legacy.db');
    new BetterSqlite3(legacy).exec('create table arena_state (id integer, state text)').close();
    await expect(checkDatabase(legacy)).rejects.toThrow('migrate_state_to_tables');
  });
});
