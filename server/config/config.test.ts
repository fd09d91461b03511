import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { buildConfig } from './config.ts';
import { parseEnv } from './env.ts';

const SURROUNDINGS = { clientDir: null, isTerminal: false };

it('leaves intervals open until something else decides', () => {
  const config = buildConfig(parseEnv({}), SURROUNDINGS);
  expect(config.turns.intervalMs).toBeNull();
  expect(config.snapshots.intervalMs).toBeNull();
  expect(config.http.publicUrl).toBeNull();
  expect(config.market).toEqual({
    source: 'sim',
    seed: 42,
    speed: 60,
    replayDir: null,
    allowNewMarket: false,
  });
});

it('carries what the environment says', () => {
  const env = parseEnv({
    MARKET_SOURCE: 'replay',
    REPLAY_DIR: 'candles',
    MARKET_SPEED: 'max',
    TURN_INTERVAL_MS: '60000',
    SNAPSHOT_INTERVAL_MS: '5000',
    DATABASE_URL: 'other.db',
    SEED_DEMO: '0',
    ALLOW_PRIVATE_ENDPOINTS: '1',
  });
  expect(buildConfig(env, SURROUNDINGS)).toMatchObject({
    database: { path: 'other.db' },
    market: { source: 'replay', speed: 'max', replayDir: 'candles' },
    turns: { intervalMs: 60_000 },
    snapshots: { intervalMs: 5000 },
    seedDemo: false,
    outbound: { allowPrivate: true },
  });
});

it('keeps private endpoints closed unless told otherwise', () => {
  expect(buildConfig(parseEnv({}), SURROUNDINGS).outbound).toEqual({ allowPrivate: false, hosts: [] });
});

it("keeps the master key's file beside the database unless told otherwise", () => {
  const fileOf = (raw: Record<string, string>) => buildConfig(parseEnv(raw), SURROUNDINGS).vault.keyFile;
  expect(fileOf({ DATABASE_URL: 'data/other.db' })).toBe('data/other.db.key');
  expect(fileOf({ MASTER_KEY_FILE: '/run/secrets/arena' })).toBe('/run/secrets/arena');
});

it('shows the master key to nobody who prints it', () => {
  const key = 'c0ffee'.padEnd(64, '0');
  const config = buildConfig(parseEnv({ MASTER_KEY: key }), SURROUNDINGS);
  expect(config.vault.masterKey?.reveal()).toBe(key);
  const shown = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true })];
  expect(`${shown.join()}${String(config.vault.masterKey)}`).not.toContain('c0ffee');
});

it('logs for people on a terminal only, and serves the page that was built', () => {
  const config = buildConfig(parseEnv({}), { clientDir: 'client/dist', isTerminal: true });
  expect(config.log).toEqual({ level: 'info', pretty: true });
  expect(config.http.clientDir).toBe('client/dist');
});
