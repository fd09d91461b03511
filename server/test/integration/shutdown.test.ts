import BetterSqlite3 from 'better-sqlite3';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readJournal } from '../crash/journal.ts';
import { findLostRows } from '../crash/lost-rows.ts';
import type { ServerPlan } from '../crash/plan.ts';
import { ServerProcess, type Ready } from '../crash/server-process.ts';
import { Witness } from '../crash/witness.ts';
import { shrink, type WrittenRow } from '../crash/written-row.ts';
import { expectCleanDatabase } from '../support/check.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const SERVER = path.join(import.meta.dirname, '..', '..', 'main.ts');
const CRASH_SERVER = path.join(import.meta.dirname, '..', 'crash', 'crash-server.ts');
const HANGING = path.join(import.meta.dirname, '..', 'crash', 'use-hanging-registry.ts');
/** How long a server may take to stop. */
const STOP_LIMIT_MS = 10_000;

function startServer(database: string, flags: readonly string[] = []): ServerProcess {
  const env = { DATABASE_URL: database, PORT: '0', LOG_LEVEL: 'error', TURN_INTERVAL_MS: '1000' };
  return watched(new ServerProcess([...flags, SERVER], env));
}

/** Leaves no process behind. */
function watched(server: ServerProcess): ServerProcess {
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await server.exited;
  });
  return server;
}

async function readyOf(server: ServerProcess): Promise<Ready> {
  const ready = await server.ready;
  if (!ready) throw new Error(`the server did not start: ${server.stderr}`);
  return ready;
}

function statuses(database: string): string[] {
  const db = new BetterSqlite3(database, { readonly: true });
  const rows = db.prepare<[], string>('select distinct status from bot_turns order by status').pluck().all();
  db.close();
  return rows;
}

/** Waits until the turns of the database are in these states and no others. */
async function untilTurnsAre(database: string, expected: readonly string[]): Promise<void> {
  for (;;) {
    if (JSON.stringify(statuses(database)) === JSON.stringify(expected)) return;
    await sleep(20);
  }
}

describe('SIGTERM', { timeout: 60_000 }, () => {
  it('stops the server in time though its deciders hang, and abandons their turns', async () => {
    const database = tempDatabasePath();
    const server = startServer(database, ['--import', HANGING]);
    await readyOf(server);
    await untilTurnsAre(database, ['asked']);
    server.kill('SIGTERM');
    const limit = AbortSignal.timeout(STOP_LIMIT_MS);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(limit.aborted).toBe(false);
    expect(server.stderr).toBe('');
    expect(statuses(database)).toEqual(['abandoned']);
    await expectCleanDatabase(database);
  });

  it('loses nothing that was acknowledged, to the journal or to a client', async () => {
    const database = tempDatabasePath();
    const plan: ServerPlan = {
      database,
      journal: `${database}.journal`,
      questions: `${database}.questions`,
      market: 'paced',
      seed: 5,
      point: null,
      bug: null,
      isHanging: true,
    };
    const server = watched(new ServerProcess([CRASH_SERVER, JSON.stringify(plan)]));
    const { url } = await readyOf(server);
    const witness = new Witness();
    witness.watch(url, 'arena');
    await expect.poll(() => witness.seen.length, { timeout: 20_000 }).toBeGreaterThan(20);
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    witness.leave();
    expect(server.stderr).toBe('');
    expect(witness.complaints).toEqual([]);
    expect(lostFrom(database, plan.journal, witness)).toEqual([]);
    expect(statuses(database)).not.toContain('asked');
    expect(statuses(database)).toContain('abandoned');
    await expectCleanDatabase(database);
  });

  it('does not wait when it comes a second time', async () => {
    const database = tempDatabasePath();
    const server = startServer(database);
    await readyOf(server);
    // Another program holds the file, so that the server cannot write what it has to.
    const other = new BetterSqlite3(database);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    server.kill('SIGTERM');
    expect(await Promise.race([server.exited, sleep(300, 'still stopping')])).toBe('still stopping');
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 1, signal: null });
    other.exec('rollback');
    await expectCleanDatabase(database);
  });
});

function lostFrom(database: string, journal: string, witness: Witness): string[] {
  const db = new BetterSqlite3(database, { readonly: true });
  const find = db
    .prepare<[string, number], string>('select payload_json from arena_events where room = ? and seq = ?')
    .pluck();
  const unknown = witness.seen.filter(({ room, seq, payload }) => shrink(find.get(room, seq)) !== payload);
  const lost = findLostRows(db, readJournal<readonly WrittenRow[]>(journal));
  db.close();
  return [...lost, ...unknown.map(({ room, seq }) => `event ${seq} of ${room}`)];
}

describe('a second server on the same file', { timeout: 60_000 }, () => {
  it('refuses with the pid of the first, which goes on', async () => {
    const database = tempDatabasePath();
    const first = startServer(database);
    const { url } = await readyOf(first);
    const second = startServer(database);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.stderr).toContain(`pid ${first.pid}`);
    expect(second.stderr).not.toContain('    at ');
    const health = await fetch(`${url}/api/v2/health`);
    expect(health.status).toBe(200);
  });

  it('may start as soon as the first was killed', async () => {
    const database = tempDatabasePath();
    const first = startServer(database);
    await readyOf(first);
    first.kill('SIGKILL');
    await first.exited;
    const second = startServer(database);
    await readyOf(second);
    second.kill('SIGTERM');
    expect(await second.exited).toEqual({ code: 0, signal: null });
    await expectCleanDatabase(database);
  });

  it('is one of many that start at once, of which one runs', async () => {
    const database = tempDatabasePath();
    const servers = Array.from({ length: 4 }, () => startServer(database));
    const ready = await Promise.all(servers.map((server) => server.ready));
    const running = servers.filter((_, index) => ready[index] !== null);
    expect(running).toHaveLength(1);
    const refused = servers.filter((server) => !running.includes(server));
    for (const server of refused) expect(server.stderr).toMatch(/Another arena server \(pid \w+\)/);
    for (const server of refused) expect(await server.exited).toEqual({ code: 1, signal: null });
    running[0]?.kill('SIGTERM');
    expect(await running[0]?.exited).toEqual({ code: 0, signal: null });
    await expectCleanDatabase(database);
  });
});
