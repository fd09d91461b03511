import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StartupError } from '../errors.ts';
import { describeEnv, ENV_VARIABLES, parseEnv } from './env.ts';

const NAMES = Object.keys(ENV_VARIABLES);

function problemsOf(raw: Record<string, string>): string {
  try {
    parseEnv(raw);
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('an empty environment', () => {
  it('gives the defaults', () => {
    expect(parseEnv({})).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATABASE_URL: 'arena.db',
      MARKET_SOURCE: 'sim',
      MARKET_SEED: 42,
      SEED_DEMO: true,
      NEW_MARKET: false,
      LOG_LEVEL: 'info',
      TURN_INTERVAL_MS: undefined,
    });
  });

  it('is the same as one of empty values', () => {
    expect(parseEnv(Object.fromEntries(NAMES.map((name) => [name, ''])))).toEqual(parseEnv({}));
  });
});

describe('values', () => {
  it('are read as what they mean', () => {
    const env = parseEnv({
      PORT: '0',
      MARKET_SOURCE: 'replay',
      REPLAY_DIR: 'candles',
      MARKET_SPEED: 'max',
      TURN_INTERVAL_MS: '1000',
      SEED_DEMO: '0',
      PUBLIC_URL: 'https://arena.example',
      MODEL_HOSTS: 'API.openai.com, [::1]',
    });
    expect(env).toMatchObject({
      PORT: 0,
      MARKET_SOURCE: 'replay',
      REPLAY_DIR: 'candles',
      MARKET_SPEED: 'max',
      TURN_INTERVAL_MS: 1000,
      SEED_DEMO: false,
      PUBLIC_URL: 'https://arena.example',
      MODEL_HOSTS: ['api.openai.com', '[::1]'],
    });
    expect(parseEnv({ MARKET_SPEED: '0.5' }).MARKET_SPEED).toBe(0.5);
  });

  it.each<[string, string]>([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['MARKET_SOURCE', 'binance'],
    ['MARKET_SEED', '-1'],
    ['MARKET_SPEED', '0'],
    ['MARKET_SPEED', 'fast'],
    ['TURN_INTERVAL_MS', '999'],
    ['TURN_CONCURRENCY', '0'],
    ['SEED_DEMO', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['MODEL_HOSTS', 'https://api.openai.com/v1'],
    ['MODEL_HOSTS', 'api.openai.com,'],
  ])('%s=%s is refused with what would be valid', (name, value) => {
    const { valid } = ENV_VARIABLES[name as keyof typeof ENV_VARIABLES];
    expect(problemsOf({ [name]: value })).toBe(
      `The configuration is not valid:\n  ${name}="${value}" is not valid: it must be ${valid}.`,
    );
  });

  it.each([
    ['hex', 'c0ffee'.padEnd(64, 'E')],
    ['base64', `${'+/'.padEnd(43, 'x')}=`],
    ['base64url', '-_'.padEnd(43, 'x')],
  ])('a master key may be %s', (_, key) => {
    expect(parseEnv({ MASTER_KEY: key }).MASTER_KEY?.reveal()).toBe(key);
  });

  it.each(['hunter2', 'f'.repeat(63), 'g'.repeat(64), `${'x'.repeat(42)}!`, 'x'.repeat(45)])(
    'a master key that is none is refused and not repeated: %s',
    (key) => {
      expect(problemsOf({ MASTER_KEY: key })).toBe(
        'The configuration is not valid:\n  MASTER_KEY is not valid: it must be 32 bytes as base64 or hex.',
      );
    },
  );

  it('that are wrong are all named at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y', MARKET_SOURCE: 'replay' }).split('\n')).toEqual([
      'The configuration is not valid:',
      '  PORT="x" is not valid: it must be a port, 0 to 65535 (0 = any free one).',
      '  LOG_LEVEL="y" is not valid: it must be fatal, error, warn, info, debug, trace or silent.',
      '  REPLAY_DIR is missing: MARKET_SOURCE=replay needs a folder of CSV candles.',
    ]);
  });
});

describe('what is written about the variables', () => {
  it('--help names each with its default', () => {
    const help = describeEnv();
    for (const name of NAMES) expect(help).toContain(`\n  ${name} `);
    expect(help).toContain('the SQLite database: a file path (default arena.db)');
    expect(help).toContain('0 or 1 (default 1)');
  });

  /** Each name followed by its default, as text. */
  const defaults = NAMES.flatMap((name) => {
    const fallback = ENV_VARIABLES[name as keyof typeof ENV_VARIABLES].schema.safeParse(undefined).data;
    return [
      name,
      fallback === undefined ? '' : String(typeof fallback === 'boolean' ? Number(fallback) : fallback),
    ];
  });

  it('.env.example holds every one, commented, and nothing else', () => {
    const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
    const assigned = lines.flatMap((line) => /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
    expect(assigned).toEqual(defaults);
  });

  it('the table of the README holds every one, with its default', () => {
    const lines = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n');
    const rows = lines.flatMap(
      (line) => /^\| `([A-Z][A-Z0-9_]*)` \| (?:`(.*?)`)? ?\|/.exec(line)?.slice(1, 3) ?? [],
    );
    expect(rows.map((cell) => cell ?? '')).toEqual(defaults);
  });
});
