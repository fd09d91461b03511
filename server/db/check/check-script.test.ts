import BetterSqlite3 from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampleDatabase } from '../../test/support/sample-database.ts';

const SCRIPT = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'check.mts');
const run = promisify(execFile);

let dir: string;
let file: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'arena-check-script-'));
  file = path.join(dir, 'arena.db');
  await writeSampleDatabase(file);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function check(...args: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [SCRIPT, ...args]);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, output: failed.stdout + failed.stderr };
  }
}

describe('npm run check', () => {
  it('says what it read and exits 0', async () => {
    const { code, output } = await check(file);
    expect(output).toMatch(/^No violations: 3 bots, 5 positions, 11 trades, 47 ledger entries, 2 price sets/);
    expect(code).toBe(0);
  });

  it('prints each violation with its rows and exits 1', async () => {
    new BetterSqlite3(file).exec(`update bot_accounts set win_count = 1 where bot_id = 'alice'`).close();
    const { code, output } = await check(file);
    expect(output).toContain("I8  a bot's counters are not what its trades and postings add up to: 1 row\n");
    expect(output).toContain('"bot_id":"alice"');
    expect(code).toBe(1);
  });

  it('exits 2 without a file to check, and makes none', async () => {
    const missing = path.join(dir, 'missing.db');
    expect(await check(missing)).toEqual({ code: 2, output: `There is no file ${missing}.\n` });
    expect(existsSync(missing)).toBe(false);
    expect((await check()).output).toContain('Usage: npm run check');
    expect((await check('--fix', file)).code).toBe(2);
  });
});
