import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { BulkWriter } from '../db/dialects/bulk-writer.ts';
import { kyselyOn, StatementCache } from '../db/dialects/sqlite-driver.ts';
import { createMigrator } from '../db/migrator.ts';
import { isBusy } from '../db/database.ts';
import { StartupError } from '../errors.ts';
import { openElsewhere, reading, unreadable } from './read-only.ts';
import { STATE_MARK, type LegacySource } from './source.ts';

/** The database that is filled: one connection, one transaction from `begin` to `commit`. */
export class Target {
  readonly writer: BulkWriter;
  /** From here on nothing may be undone any more. */
  isCommitted = false;
  readonly #handle: BetterSqlite3.Database;
  readonly #path: string;

  /** @throws StartupError when the file cannot be opened, or when another program has it open. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#handle = new BetterSqlite3(path, { timeout: 0 });
    } catch (cause) {
      throw new StartupError(`${path} cannot be opened to write: is its folder there?`, { cause });
    }
    try {
      // Leaving WAL needs the file for oneself alone: it fails while any program has it open.
      this.#handle.pragma('journal_mode = DELETE');
      this.#handle.pragma('synchronous = FULL');
      // Old tables go and new rows come in no particular order; all keys are checked before the commit.
      this.#handle.pragma('foreign_keys = OFF');
      this.#handle.exec('begin exclusive');
    } catch (cause) {
      this.#handle.close();
      throw openElsewhere(path, cause);
    }
    this.writer = new BulkWriter(this.#handle);
  }

  async tables(): Promise<string[]> {
    const { rows } = await sql<{ name: string }>`select name from sqlite_master
      where type = 'table' and substr(name, 1, 7) <> 'sqlite_'`.execute(this.writer.kysely);
    return rows.map(({ name }) => name);
  }

  /** @throws StartupError when the file is no longer what was copied from it. */
  async refuseIfChanged(source: LegacySource): Promise<void> {
    for (const table of source.tables) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.id(table)}`.execute(
        this.writer.kysely,
      );
      if (rows[0]?.n !== source.countRows(table)) throw this.#changed();
    }
    const { rows } = await sql<{ mark: string }>`${STATE_MARK}`.execute(this.writer.kysely);
    if (rows[0]?.mark !== source.stateMark()) throw this.#changed();
  }

  #changed(): StartupError {
    return new StartupError(
      `${this.#path} was written to while it was copied: stop the server that uses it and try again. Nothing was changed.`,
    );
  }

  /** Drops everything the old server made. */
  async clear(): Promise<void> {
    const { rows } = await sql<{ type: string; name: string }>`select type, name from sqlite_master
      where type in ('view', 'trigger', 'table') and substr(name, 1, 7) <> 'sqlite_'
      order by type = 'table'`.execute(this.writer.kysely);
    for (const { type, name } of rows)
      await sql`drop ${sql.raw(type)} ${sql.id(name)}`.execute(this.writer.kysely);
  }

  /** Makes the arena's tables. */
  async migrate(): Promise<void> {
    const migrator = createMigrator(this.writer.kysely);
    const { error } = await migrator.migrateToLatest({ disableTransactions: true });
    if (error !== undefined)
      throw new StartupError(`The tables of ${this.#path} could not be made. Nothing was changed.`, {
        cause: error,
      });
  }

  /** @throws StartupError when a row points at a parent that is not there; then nothing was changed. */
  async commit(): Promise<void> {
    const { rows } = await sql<{ table: string }>`select "table" from pragma_foreign_key_check`.execute(
      this.writer.kysely,
    );
    if (rows.length > 0)
      throw new StartupError(
        `${rows.length} rows would point at nothing (${[...new Set(rows.map((row) => row.table))].join(', ')}). ` +
          'Nothing was changed; please report this.',
      );
    this.#handle.exec('commit');
    this.isCommitted = true;
  }

  /** Rolls back what was not committed. */
  close(): void {
    if (this.#handle.inTransaction) this.#handle.exec('rollback');
    try {
      this.#handle.pragma('journal_mode = WAL');
    } catch (error) {
      // Somebody reads already; the server's start does the same.
      if (!isBusy(error)) throw error;
    } finally {
      this.#handle.close();
    }
  }
}

/** A copy of a database as it stands at one moment, whatever is written meanwhile. The original stays as it is. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await reading(from, (handle) => handle.backup(to)).catch((cause: unknown) => {
    throw unreadable(from, cause);
  });
  const copy = new BetterSqlite3(to);
  try {
    copy.pragma('journal_mode = DELETE');
    const verdict = copy.pragma('integrity_check', { simple: true });
    if (verdict !== 'ok')
      throw new StartupError(
        `The copy ${to} of ${from} is not intact (${String(verdict)}). Nothing was changed.`,
      );
  } finally {
    copy.close();
  }
}

export interface TargetFacts {
  /** `empty`: no tables at all. */
  readonly kind: 'empty' | 'arena' | 'legacy' | 'other';
  readonly hasUsers: boolean;
  /** What has been moved into it. */
  readonly fingerprints: readonly string[];
}

/** What a database is; it is only read. @throws StartupError when it cannot be. */
export async function inspect(path: string): Promise<TargetFacts> {
  try {
    return await reading(path, async (handle) => {
      const db = kyselyOn(new StatementCache(handle));
      const { rows } = await sql<{ name: string }>`select name from sqlite_master
        where type = 'table' and substr(name, 1, 7) <> 'sqlite_'`.execute(db);
      const tables = rows.map(({ name }) => name);
      if (!tables.includes('kysely_migration')) {
        const kind = tables.length === 0 ? 'empty' : tables.includes('arena_state') ? 'legacy' : 'other';
        return { kind, hasUsers: false, fingerprints: [] };
      }
      const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
      const runs = tables.includes('migration_runs')
        ? await db.selectFrom('migration_runs').select('fingerprint').execute()
        : [];
      return {
        kind: 'arena',
        hasUsers: user !== undefined,
        fingerprints: runs.map(({ fingerprint }) => fingerprint),
      };
    });
  } catch (cause) {
    throw cause instanceof StartupError ? cause : unreadable(path, cause);
  }
}
