import { z } from 'zod';
import { StartupError } from '../errors.ts';
import { Secret } from './secrets.ts';

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const amount = (least: number, most: number) => z.coerce.number().min(least).max(most);
const flag = z.enum(['0', '1']).transform((text) => text === '1');

const isOrigin = (text: string) => URL.parse(text)?.origin === text;
const isHost = (text: string) => URL.parse(`https://${text}`)?.hostname === text;
const KEY_OF_32_BYTES = /^(?:[0-9a-f]{64}|[\w+/-]{43}=?)$/i;

/** Every variable the server reads, with its meaning; `npm start -- --help` prints this table. */
export const ENV_VARIABLES = {
  PORT: {
    schema: whole(0, 65_535).default(3000),
    valid: 'a port, 0 to 65535 (0 = any free one)',
    help: 'where the server listens',
  },
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    valid: 'an address',
    help: 'the address it listens on; 0.0.0.0 lets other machines in',
  },
  DATABASE_URL: {
    schema: z.string().min(1).default('arena.db'),
    valid: 'a file path',
    help: 'the SQLite database',
  },
  MASTER_KEY: {
    schema: z
      .string()
      .regex(KEY_OF_32_BYTES)
      .transform((text) => new Secret(text))
      .optional(),
    valid: '32 bytes as base64 or hex',
    help: 'the key that seals stored credentials; without it MASTER_KEY_FILE holds the key',
  },
  MASTER_KEY_FILE: {
    schema: z.string().min(1).optional(),
    valid: 'a file path',
    help: "the master key's file, made on the first start (the database's path with .key after it)",
  },
  MARKET_SOURCE: {
    schema: z.enum(['sim', 'replay']).default('sim'),
    valid: 'sim or replay',
    help: 'where prices come from',
  },
  MARKET_SEED: {
    schema: whole(0, 2 ** 31 - 1).default(42),
    valid: 'a whole number from 0 to 2147483647',
    help: 'seed of the simulated market and of the random strategy',
  },
  MARKET_SPEED: {
    schema: z.union([z.literal('max'), amount(0.01, 100_000)]).default(60),
    valid: 'a factor from 0.01 to 100000, or max',
    help: 'how fast a replay runs; the simulation always runs in real time',
  },
  REPLAY_DIR: {
    schema: z.string().min(1).optional(),
    valid: 'a folder of CSV candles, required when MARKET_SOURCE=replay',
    help: 'the recorded candles, one <SYMBOL>.csv each',
  },
  NEW_MARKET: {
    schema: flag.default(false),
    valid: '0 or 1',
    help: 'allow another market source on a database that has history',
  },
  TURN_INTERVAL_MS: {
    schema: whole(1000, 86_400_000).optional(),
    valid: '1000 to 86400000',
    help: "default turn interval in the arena's clock (200000; 20000 for the demo's bots)",
  },
  SNAPSHOT_INTERVAL_MS: {
    schema: whole(1000, 3_600_000).optional(),
    valid: '1000 to 3600000',
    help: "distance of equity snapshots in the arena's clock (60000; 5000 in a demo)",
  },
  TURN_CONCURRENCY: {
    schema: whole(1, 64).default(8),
    valid: '1 to 64',
    help: 'how many bots may be thinking at the same time',
  },
  TURN_TIMEOUT_MS: {
    schema: whole(100, 600_000).default(60_000),
    valid: '100 to 600000',
    help: 'how long a bot may think',
  },
  ALLOW_PRIVATE_ENDPOINTS: {
    schema: flag.default(false),
    valid: '0 or 1',
    help: "let users' models be on this machine and its networks, over plain http too",
  },
  MODEL_HOSTS: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
      .pipe(z.array(z.string().refine(isHost)))
      .optional(),
    valid: 'hosts such as api.openai.com, separated by commas',
    help: 'the only hosts that models may be on; any, when it is not set',
  },
  SNAPSHOT_RETENTION_DAYS: {
    schema: whole(1, 3650).default(90),
    valid: '1 to 3650',
    help: 'how long every snapshot is kept; older hours keep first, last, lowest and highest',
  },
  EVENT_RETENTION_DAYS: {
    schema: whole(1, 3650).default(3),
    valid: '1 to 3650',
    help: 'how long live events are kept for readers that come back',
  },
  SEED_DEMO: {
    schema: flag.default(true),
    valid: '0 or 1',
    help: 'fill an empty database with house users and house bots',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    valid: 'fatal, error, warn, info, debug, trace or silent',
    help: 'how much is logged',
  },
  PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    valid: 'an http or https address',
    help: 'the address people use, when it is not the one the server listens on',
  },
  TRUST_PROXY: {
    schema: whole(0, 10).default(0),
    valid: '0 to 10',
    help: 'how many proxies before the server to believe about the address of a visitor',
  },
  ALLOWED_ORIGINS: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .pipe(z.array(z.string().refine(isOrigin)))
      .optional(),
    valid: 'origins such as https://tools.example, separated by commas',
    help: 'pages of other sites that may use the API and the sockets',
  },
  REGISTRATION: {
    schema: z.enum(['open', 'invite', 'closed']).default('open'),
    valid: 'open, invite or closed',
    help: 'who may register',
  },
  SMTP_URL: {
    schema: z
      .url({ protocol: /^smtps?$/ })
      .transform((text) => new Secret(text))
      .optional(),
    valid: 'an smtp or smtps address, with user and password where needed',
    help: 'the mail server that sends links to reset a password; without it recovery codes do',
  },
  MAIL_FROM: {
    schema: z.string().min(3).default('arena@localhost'),
    valid: 'a mail address',
    help: 'the sender of mails',
  },
  RATE_LIMIT_PER_MINUTE: {
    schema: whole(1, 10_000_000).default(1200),
    valid: '1 to 10000000',
    help: 'API requests a minute from one address',
  },
} as const;

/** Their values are never repeated, right or wrong. */
const SECRETS: ReadonlySet<string> = new Set<EnvName>(['MASTER_KEY', 'SMTP_URL']);

export type EnvName = keyof typeof ENV_VARIABLES;
export type Env = { [Name in EnvName]: z.output<(typeof ENV_VARIABLES)[Name]['schema']> };

/** Reads the environment once. Throws one StartupError that names every variable that is wrong. */
export function parseEnv(raw: Readonly<Record<string, string | undefined>>): Env {
  const problems: string[] = [];
  const env: Record<string, unknown> = {};
  for (const [name, { schema, valid }] of Object.entries(ENV_VARIABLES)) {
    const text = raw[name] === '' ? undefined : raw[name];
    const parsed = schema.safeParse(text);
    if (parsed.success) env[name] = parsed.data;
    else {
      const shown = SECRETS.has(name) ? name : `${name}=${JSON.stringify(text ?? '')}`;
      problems.push(`${shown} is not valid: it must be ${valid}.`);
    }
  }
  if (
    env.MARKET_SOURCE === 'replay' &&
    env.REPLAY_DIR === undefined &&
    !problems.some((line) => line.startsWith('REPLAY_DIR'))
  )
    problems.push('REPLAY_DIR is missing: MARKET_SOURCE=replay needs a folder of CSV candles.');
  if (problems.length > 0)
    throw new StartupError(`The configuration is not valid:\n  ${problems.join('\n  ')}`);
  return env as Env;
}

/** The table `--help` prints. */
export function describeEnv(): string {
  const rows = Object.entries(ENV_VARIABLES).map(([name, { schema, valid, help }]) => {
    const fallback = schema.safeParse(undefined).data;
    const shown =
      fallback === undefined
        ? ''
        : ` (default ${typeof fallback === 'boolean' ? Number(fallback) : String(fallback)})`;
    return `  ${name.padEnd(24)}${help}: ${valid}${shown}`;
  });
  return `Settings, from the environment or a .env file:\n${rows.join('\n')}`;
}
