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
  });
  expect(buildConfig(env, SURROUNDINGS)).toMatchObject({
    database: { path: 'other.db' },
    market: { source: 'replay', speed: 'max', replayDir: 'candles' },
    turns: { intervalMs: 60_000 },
    snapshots: { intervalMs: 5000 },
    seedDemo: false,
  });
});

it('logs for people on a terminal only, and serves the page that was built', () => {
  const config = buildConfig(parseEnv({}), { clientDir: 'client/dist', isTerminal: true });
  expect(config.log).toEqual({ level: 'info', pretty: true });
  expect(config.http.clientDir).toBe('client/dist');
});
