import { closeSync, openSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/**
 * Makes an empty file that only its owner can read, for SQLite to fill: it gives its log files the same mode. A file that
 * is there already keeps its mode: whoever set it may have meant it.
 */
export function ensurePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', OWNER_ONLY));
  } catch (error) {
    // Where no file can be made, SQLite says so with the path.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
