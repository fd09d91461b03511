import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatReport } from '../../legacy/report.ts';
import { dumpLegacyDatabase } from '../support/legacy/dump.ts';
import { writeExampleDatabase } from '../support/legacy/example.ts';
import { migrate } from '../support/legacy/migrate.ts';
import type { OldState } from '../support/legacy/old-arena.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const EXAMPLE = path.join(import.meta.dirname, '..', '..', '..', 'arena.db.example');

function openExample(): BetterSqlite3.Database {
  const db = new BetterSqlite3(EXAMPLE, { readonly: true, fileMustExist: true });
  onTestFinished(() => {
    db.close();
  });
  return db;
}

function readState(): { text: string; state: OldState } {
  const text = openExample().prepare<[], string>('SELECT state FROM arena_state').pluck().get() ?? '';
  return { text, state: JSON.parse(text) as OldState };
}

/** A report without what differs from run to run. */
function settled(report: string, file: string): string {
  return report
    .replaceAll(file, 'arena.db')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d-]+Z/g, 'TIME')
    .replaceAll(/in \d+\.\d+ s/g, 'in TIME');
}

describe('arena.db.example', () => {
  it('is moved whole, with the report that docs/migration.md shows', async () => {
    const file = tempDatabasePath();
    copyFileSync(EXAMPLE, file);
    const report = await migrate(file);
    expect(report.quarantined).toBe(0);
    const docs = readFileSync(path.join(path.dirname(EXAMPLE), 'docs', 'migration.md'), 'utf8');
    const shown = docs.split('```').find((block) => block.includes('Before anything was changed')) ?? '';
    expect(settled(formatReport(report), file)).toBe(settled(shown.trim(), 'arena.db'));
  });

  it('is what its script writes', () => {
    const again = tempDatabasePath();
    writeExampleDatabase(again);
    expect(dumpLegacyDatabase(again)).toEqual(dumpLegacyDatabase(EXAMPLE));
    const third = tempDatabasePath();
    writeExampleDatabase(third);
    expect(readFileSync(third).equals(readFileSync(again))).toBe(true);
  });

  it('opens alone and read-only', () => {
    expect(openExample().pragma('journal_mode', { simple: true })).toBe('delete');
    expect(['-wal', '-shm', '-journal'].filter((suffix) => existsSync(EXAMPLE + suffix))).toEqual([]);
    expect(openExample().pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('has the rows of a month', () => {
    const counts = Object.entries(dumpLegacyDatabase(EXAMPLE)).map(([table, { rows }]) => [table, rows]);
    expect(Object.fromEntries(counts)).toEqual({
      users: 2,
      llm_providers: 2,
      wallets: 2,
      bots: 4,
      system_settings: 9,
      trades: 0,
      positions: 0,
      bot_decisions: 0,
      bot_state_snapshots: 18_068,
      leaderboard: 8,
      audit_log: 24,
      arena_state: 1,
    });
  });

  it('has the blob of four bots', () => {
    const { text, state } = readState();
    expect(Buffer.byteLength(text)).toBeGreaterThan(2_500_000);
    expect(Buffer.byteLength(text)).toBeLessThan(2_900_000);
    expect(state.marketData).toHaveLength(218);
    expect(new Set(state.marketData.map(({ symbol }) => symbol)).size).toBe(218);
    expect(state.bots.map(({ name }) => name)).toEqual(['Astrologer', 'Tidewatcher', 'Granite', 'Magpie']);
    expect(new Set(state.bots.map(({ userId }) => userId)).size).toBe(2);
    for (const { orders, botLogs, portfolio } of state.bots)
      expect([orders.length, botLogs.length, portfolio.positions.length]).toEqual([108, 40, 2]);
    const shapes = state.bots.map(({ orders }) => new Set(orders.map((order) => 'exitPrice' in order)));
    expect(shapes).toEqual([true, true, true, false].map((isRunning) => new Set([isRunning])));
  });
});
