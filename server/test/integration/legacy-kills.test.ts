import BetterSqlite3 from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { checkDatabase } from '../../db/check/index.ts';
import { seededRandom } from '../../llm/providers/house/seeded-random.ts';
import { dumpLegacyDatabase } from '../support/legacy/dump.ts';
import { makeLegacyArena } from '../support/legacy/make-legacy-arena.ts';
import { migrate } from '../support/legacy/migrate.ts';
import { writeLegacyDatabase } from '../support/legacy/write-legacy-database.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const KILLS = Number(process.env.LEGACY_KILLS ?? 50);
const LANES = 2;
const SCRIPT = path.join(import.meta.dirname, '../../../scripts/migrate_state_to_tables.ts');

/** Starts the move as people do and kills it after so many ms; @returns whether it was still running. */
async function runAndKill(file: string, afterMs: number): Promise<boolean> {
  const move = spawn(process.execPath, [SCRIPT, '--from', file], { stdio: 'ignore' });
  const exit = once(move, 'exit');
  const first = await Promise.race([exit.then(() => 'ended'), sleep(afterMs, 'time')]);
  move.kill('SIGKILL');
  await exit;
  return first === 'time';
}

/** Whatever was cut off is rolled back by whoever opens the file next. */
function isMoved(file: string): boolean {
  const db = new BetterSqlite3(file);
  try {
    return db.prepare("select 1 from sqlite_master where name = 'migration_runs'").get() !== undefined;
  } finally {
    db.close();
  }
}

/** What a kill left: the new database, or the old one as it was, which can then be moved. */
async function judge(file: string, old: string): Promise<{ state: 'old' | 'new'; problems: unknown[] }> {
  const state = isMoved(file) ? 'new' : 'old';
  const problems: unknown[] = [];
  if (state === 'old') {
    if (JSON.stringify(dumpLegacyDatabase(file)) !== old) problems.push('the old database has changed');
    const { quarantined } = await migrate(file);
    if (quarantined > 0) problems.push(`${quarantined} records were set aside`);
  }
  return { state, problems: [...problems, ...(await checkDatabase(file)).violations] };
}

it(`killed ${KILLS} times on the way, leaves the old database or the new one`, async () => {
  const source = tempDatabasePath();
  writeLegacyDatabase(
    source,
    makeLegacyArena({
      seed: 5,
      bots: 4,
      ordersPerBot: 108,
      logsPerBot: 40,
      snapshots: 18_000,
      symbols: 40,
      orderShape: 'mixed',
      tables: 'empty',
    }),
  );
  const old = JSON.stringify(dumpLegacyDatabase(source));
  const random = seededRandom('legacy kills');
  const startedAt = performance.now();
  const warmUp = tempDatabasePath();
  copyFileSync(source, warmUp);
  await runAndKill(warmUp, 60_000);
  const wholeMs = performance.now() - startedAt;
  const ends = { old: 0, new: 0, killed: 0 };
  const round = async () => {
    const file = tempDatabasePath();
    copyFileSync(source, file);
    // Starting Node takes the first part of it.
    if (await runAndKill(file, wholeMs * (0.3 + 0.8 * random()))) ends.killed += 1;
    const { state, problems } = await judge(file, old);
    ends[state] += 1;
    expect(problems).toEqual([]);
  };
  const lane = async () => {
    for (let i = 0; i < KILLS / LANES; i += 1) await round();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(ends.killed).toBeGreaterThan(KILLS / 3);
  expect(ends.old).toBeGreaterThan(KILLS / 5);
}, 180_000);
