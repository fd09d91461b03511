import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import { openSqlite } from './dialects/sqlite.ts';
import { migrateToLatest } from './migrator.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe.skipIf(platform() === 'win32')('a new database, its logs and its copies', () => {
  it('are for their owner only', async () => {
    const path = tempDatabasePath();
    await migrateToLatest(path, 'test');
    const db = openSqlite(path);
    await db.commit([]);
    await db.read.selectFrom('users').select('id').execute();
    await db.backup(`${path}.copy`);
    expect([path, `${path}-wal`, `${path}-shm`, `${path}.copy`].map(modeOf)).toEqual([
      '600',
      '600',
      '600',
      '600',
    ]);
    await db.close();
  });

  it('keep the mode that somebody gave them', async () => {
    const path = tempDatabasePath();
    writeFileSync(path, '');
    chmodSync(path, 0o640);
    await migrateToLatest(path, 'test');
    expect(modeOf(path)).toBe('640');
  });
});
