import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Db } from '../../db/database.ts';
import { openSqlite, type SqliteOptions } from '../../db/dialects/sqlite.ts';
import { migrateToLatest } from '../../db/migrator.ts';

/** A path in a folder of its own, gone when the test ends. */
export function tempDatabasePath(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'arena-db-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'arena.db');
}

/** An empty migrated database, closed when the test ends. */
export async function tempDatabase(options?: SqliteOptions): Promise<Db> {
  const file = tempDatabasePath();
  await migrateToLatest(file, 'test');
  const db = openSqlite(file, options);
  onTestFinished(() => db.close());
  return db;
}
