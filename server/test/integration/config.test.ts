import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ENV_VARIABLES } from '../../config/env.ts';
import { insertRow } from '../../db/queries/bots-write.ts';
import { testApp } from '../support/test-app.ts';

const MAIN = path.join(import.meta.dirname, '../../main.ts');

/** Runs the server in an empty folder until it ends. */
async function run(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'arena-config-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { PATH: process.env.PATH, ...env } });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [code, out, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, errors };
}

describe('the server', () => {
  it('refuses to start, naming every setting that is wrong and what would be valid', async () => {
    const { code, out, errors } = await run({
      PORT: '99999',
      MARKET_SOURCE: 'replay',
      MARKET_SPEED: 'fast',
      TURN_INTERVAL_MS: '10',
      SEED_DEMO: 'yes',
      DATABASE_URL: 'a.db',
    });
    expect([code, out]).toEqual([1, '']);
    for (const name of ['PORT', 'MARKET_SPEED', 'TURN_INTERVAL_MS', 'SEED_DEMO'] as const)
      expect(errors).toMatch(new RegExp(`${name}=.* must be ${ENV_VARIABLES[name].valid.slice(0, 12)}`));
    expect(errors).toContain('REPLAY_DIR is missing');
    expect(errors).not.toContain('DATABASE_URL');
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('lists all settings with --help', async () => {
    const { code, out } = await run({ PORT: 'nonsense' }, ['--help']);
    expect(code).toBe(0);
    for (const name of Object.keys(ENV_VARIABLES)) expect(out).toContain(name);
  });
});

describe('a stored setting out of range', () => {
  it('stops the start and is named', async () => {
    await using t = await testApp();
    await t.db.transaction((trx) =>
      trx
        .updateTable('system_settings')
        .set({ value: '-3' })
        .where('key', 'in', ['taker_fee_bps', 'max_decisions'])
        .execute(),
    );
    await t.stop();
    await expect(t.start()).rejects.toThrow(/taker_fee_bps=-3[\s\S]*max_decisions=-3/);
  });

  it('of one bot stops the start and names the bot', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot();
    await t.db.transaction((trx) =>
      trx.updateTable('bots').set({ settings_json: '{"turnIntervalMs":1}' }).execute(),
    );
    await t.stop();
    await expect(t.start()).rejects.toThrow(botId);
  });
});

describe('a second server on the same database', () => {
  it("refuses, with the first one's process id", async () => {
    await using t = await testApp();
    await expect(testApp({ path: t.path })).rejects.toThrow(String(process.pid));
    await t.db.commit([
      insertRow(t.db.read, 'users', {
        id: 'u',
        username: 'still-works',
        password_hash: null,
        role: 'user',
        created_at: 0,
        deleted_at: null,
      }),
    ]);
  });
});
