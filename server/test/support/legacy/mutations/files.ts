import { rmSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { bytes, sql } from './damage.ts';
import { refused, type LegacyMutation } from './mutation.ts';

/** Files that are not what they seem. */
export const FILE_MUTATIONS: readonly LegacyMutation[] = [
  refused(
    'a file that is no SQLite database',
    bytes(() => Buffer.from('{"bots":[],"marketData":[]}\n'.repeat(200))),
  ),
  refused(
    'a file of random bytes',
    bytes((content) => Buffer.from(content.map((byte, i) => (byte * 31 + i * 17) & 255))),
  ),
  refused(
    'an empty file',
    bytes(() => Buffer.alloc(0)),
  ),
  refused(
    'a file cut in half',
    bytes((content) => content.subarray(0, content.length / 2)),
  ),
  refused(
    'a file of which the first page is left',
    bytes((content) => content.subarray(0, 4096)),
  ),
  refused('a database of another program', otherProgram),
  refused(
    'a database with an arena_state of another program',
    otherProgram,
    sql('CREATE TABLE arena_state (season TEXT, winner TEXT)'),
    sql("INSERT INTO arena_state VALUES ('spring', 'bees')"),
  ),
  refused('a state that is a BLOB of other bytes', sql("UPDATE arena_state SET state = x'00ff10e2'")),
];

function otherProgram(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  const db = new BetterSqlite3(file);
  db.exec('CREATE TABLE recipes (id INTEGER PRIMARY KEY, title TEXT, minutes INTEGER)');
  db.exec("INSERT INTO recipes (title, minutes) VALUES ('Soup', 40), ('Bread', 180)");
  db.close();
}
