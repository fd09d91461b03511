import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { SecretPlace } from '../../auth/credential-vault.ts';
import { openSqlite } from '../../db/dialects/sqlite.ts';
import { insertRow } from '../../db/queries/bots-write.ts';
import { listVaultKeys } from '../../db/queries/vault.ts';
import { seededRandom } from '../../llm/providers/house/seeded-random.ts';
import { expectCleanDatabase } from '../support/check.ts';
import { tempDatabasePath } from '../support/temp-database.ts';
import { testApp, type TestApp } from '../support/test-app.ts';
import { keyCount, unreadable, writeSecrets } from '../support/vault-world.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../scripts/rotate-key.mts');
const KILLS = Number(process.env['ROTATION_KILLS'] ?? 20);
const LANES = 2;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the script as people do, and kills it when `until` says so. */
async function run(
  args: readonly string[],
  {
    env = {},
    until,
  }: { env?: Record<string, string>; until?: (isRunning: () => boolean) => Promise<unknown> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MASTER_KEY: '', MASTER_KEY_FILE: '', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close');
  if (until) {
    await Promise.race([closed, until(() => child.exitCode === null)]);
    child.kill('SIGKILL');
  }
  const [code] = (await closed) as [number | null];
  return { code, said };
}

const rotate = (database: string, wait = 0) => run(['--database', database, '--wait', String(wait)]);

async function versionsInUse(file: string): Promise<number[]> {
  const db = openSqlite(file);
  const rows = await listVaultKeys(db.read);
  await db.close();
  return rows.filter((row) => row.retired_at === null).map((row) => row.version);
}

it(`killed ${KILLS} times on the way, loses no secret and ends when it is run again`, async () => {
  const source = tempDatabasePath();
  await writeSecrets(source, 1000);
  const copy = () => {
    const file = tempDatabasePath();
    for (const suffix of ['', '.key']) copyFileSync(`${source}${suffix}`, `${file}${suffix}`);
    return file;
  };
  const startedAt = performance.now();
  await rotate(copy());
  const wholeMs = performance.now() - startedAt;
  const random = seededRandom('rotation kills');
  const states = { untouched: 0, 'under way': 0, ended: 0 };
  const round = async (no: number) => {
    const file = copy();
    const until = async (isRunning: () => boolean) => {
      // Starting Node takes most of the time: every other kill waits for the first step.
      if (no % 2 === 0) return sleep(wholeMs * (0.25 + 0.8 * random()));
      while (keyCount(file) === 1 && isRunning()) await sleep(1);
      return sleep(wholeMs * 0.3 * random());
    };
    await run(['--database', file, '--wait', '0'], { until });
    expect(await unreadable(file)).toEqual([]);
    const [keys, inUse] = [keyCount(file), await versionsInUse(file)];
    const hasEnded = keys === 1 && inUse.includes(2);
    states[hasEnded ? 'ended' : keys === 1 ? 'untouched' : 'under way'] += 1;
    const { code, said } = hasEnded ? { code: 0, said: '' } : await rotate(file);
    expect([code, said.match(/version \d/)?.[0] ?? 'version 2']).toEqual([0, 'version 2']);
    expect([await unreadable(file), await versionsInUse(file), keyCount(file)]).toEqual([[], [2], 1]);
    await expectCleanDatabase(file);
  };
  const lane = async () => {
    for (let i = 0; i < KILLS / LANES; i += 1) await round(i);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(states['under way']).toBeGreaterThan(KILLS / 5);
}, 120_000);

/** Users, known and new, who store secrets while the key is changed. */
class Storing {
  readonly stored: { place: SecretPlace; sealed: string; secret: string }[] = [];
  /** Reads that gave something else than what was stored. */
  wrong = 0;
  #isDone = false;
  readonly #t: TestApp;

  constructor(t: TestApp) {
    this.#t = t;
  }

  stop(): void {
    this.#isDone = true;
  }

  async run(): Promise<void> {
    for (let i = 0; !this.#isDone; i += 1) {
      const userId = await this.#t.addUser(`s${i}`);
      await this.#store(userId, `w${i}`);
      await this.#store(`user-s${Math.floor(i / 2)}`, `again ${i}`);
      this.readAll();
      await sleep(10);
    }
  }

  readAll(): void {
    const { vault } = this.#t.app.ctx;
    for (const { place, sealed, secret } of this.stored)
      if (vault.open(place, sealed) !== secret) this.wrong += 1;
  }

  async #store(userId: string, rowId: string): Promise<void> {
    const { db, app } = this.#t;
    const place = { table: 'wallets', rowId, userId, column: 'api_key_encrypted' } as const;
    const { sealed, writes } = app.ctx.vault.seal(place, `secret of ${rowId}`);
    const row = insertRow(db.read, 'wallets', {
      id: rowId,
      user_id: userId,
      name: rowId,
      exchange: 'none',
      api_key_encrypted: sealed,
      api_secret_encrypted: null,
      created_at: 0,
      updated_at: 0,
    });
    await db.commit([...writes, row]);
    this.stored.push({ place, sealed, secret: `secret of ${rowId}` });
  }
}

it('beside a server that seals and opens, fails nothing there and is taken over', async () => {
  const file = tempDatabasePath();
  await writeSecrets(file, 2000);
  await using t = await testApp({ path: file });
  const storing = new Storing(t);
  const ended = storing.run();
  const before = readFileSync(`${file}.key`, 'utf8');
  const { code, said } = await rotate(file, 2.5);
  expect([code, said]).toEqual([0, expect.stringContaining('version 2 is in use')]);
  await sleep(300);
  storing.stop();
  await ended;
  expect(storing.stored.length).toBeGreaterThan(40);
  expect([readFileSync(`${file}.key`, 'utf8') === before, keyCount(file)]).toEqual([false, 1]);
  await t.restart();
  storing.readAll();
  expect(storing.wrong).toBe(0);
  await t.stop();
  expect(await unreadable(file)).toEqual([]);
  expect(await versionsInUse(file)).toEqual([2]);
}, 60_000);

it('with MASTER_KEY asks for the new one and for a server that has stopped', async () => {
  const [OLD, NEW] = ['1'.repeat(64), '2'.repeat(64)];
  await using t = await testApp({ env: { MASTER_KEY: OLD } });
  const args = ['--database', t.path, '--wait', '0'];
  const alone = await run(args, { env: { MASTER_KEY: OLD } });
  expect([alone.code, alone.said]).toEqual([1, expect.stringContaining('set NEW_MASTER_KEY')]);
  const both = { env: { MASTER_KEY: OLD, NEW_MASTER_KEY: NEW } };
  const besides = await run(args, both);
  expect([besides.code, besides.said]).toEqual([1, expect.stringContaining('Stop it first')]);
  await t.stop();
  const done = await run(args, both);
  expect([done.code, done.said]).toEqual([0, expect.stringContaining('Start the arena with MASTER_KEY')]);
  expect(done.said).not.toContain(NEW);
  await expect(t.start()).rejects.toThrow('is not the one this database');
  await t.start({ env: { MASTER_KEY: NEW } });
});

it.each([
  [['--database', 'no-such.db'], 'There is no file no-such.db'],
  [['--wait', 'long'], '--wait must be a number of seconds'],
  [['--all'], 'Usage: npm run rotate-key'],
])('refuses %j', async (args, message) => {
  const { code, said } = await run(args);
  expect([code, said]).toEqual([1, expect.stringContaining(message)]);
});

it('says how it is used', async () => {
  const { code, said } = await run(['--help']);
  expect([code, said]).toEqual([0, expect.stringContaining('npm run rotate-key -- [--database <file>]')]);
});
