import type BetterSqlite3 from 'better-sqlite3';
import { hash } from 'node:crypto';

/**
 * The functions that statements of the arena call and SQLite lacks, for one connection.
 *
 * - `arena_sha256(text)`: SHA-256 of its UTF-8 as hex; null of null.
 */
export function addFunctions(db: BetterSqlite3.Database): void {
  db.function('arena_sha256', { deterministic: true, directOnly: true }, (text: unknown) => {
    if (text === null) return null;
    if (typeof text !== 'string') throw new TypeError('arena_sha256 takes text');
    return hash('sha256', text);
  });
}
