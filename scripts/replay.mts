import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from '../server/app.ts';
import { buildConfig } from '../server/config/config.ts';
import { parseEnv } from '../server/config/env.ts';
import { checkDatabase } from '../server/db/check/index.ts';
import type { Db } from '../server/db/database.ts';
import { StartupError } from '../server/errors.ts';
import { combineDigests, digestDatabase, type Digests } from '../server/test/support/digest.ts';

const USAGE = `Usage: node scripts/replay.mts --dir <folder of candles> [--db <new file>] [--twice]

Plays a folder of recorded candles through the whole arena at full speed, with the eight demo bots of three users on an
empty database, and prints what happened. --twice plays it again on another database and compares.
Exit code: 0 fine, 1 broken invariants or two runs that differ, 2 cannot be run.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const asked = readArguments(args);
  if (!asked) {
    console.error(USAGE);
    return 2;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'arena-replay-'));
  try {
    const first = await replay(asked.dir, asked.db ?? path.join(folder, 'first.db'));
    printRun(first);
    if (!asked.twice) return first.violations === 0 ? 0 : 1;
    const second = await replay(asked.dir, path.join(folder, 'second.db'));
    console.log('');
    printRun(second);
    const isSame = compare(first.digests, second.digests);
    return isSame && first.violations + second.violations === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    console.error(error.message);
    return 2;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readArguments(args: string[]): { dir: string; db?: string; twice: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        dir: { type: 'string' },
        db: { type: 'string' },
        twice: { type: 'boolean', default: false },
      },
    });
    return values.dir === undefined ? undefined : { dir: values.dir, db: values.db, twice: values.twice };
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

type Figures = Readonly<Record<string, number>>;

interface Run {
  readonly figures: Figures;
  readonly exits: Figures;
  readonly seconds: number;
  readonly violations: number;
  readonly digests: Digests;
}

async function replay(dir: string, file: string): Promise<Run> {
  const config = buildConfig(
    parseEnv({
      DATABASE_URL: file,
      MARKET_SOURCE: 'replay',
      REPLAY_DIR: dir,
      MARKET_SPEED: 'max',
      PORT: '0',
      LOG_LEVEL: 'warn',
    }),
    { clientDir: null, isTerminal: false, pid: process.pid },
  );
  const startedAt = performance.now();
  const app = await buildApp(config);
  await app.marketEnded;
  const seconds = (performance.now() - startedAt) / 1000;
  const { db } = app.ctx;
  const figures = await count(db);
  const exits = await countExits(db);
  const digests = await digestDatabase(db.read);
  await app.stop();
  const { violations } = await checkDatabase(file);
  for (const { invariant, message } of violations) console.log(`${invariant}  ${message}`);
  return { figures, exits, seconds, violations: violations.length, digests };
}

async function count({ read }: Db): Promise<Figures> {
  const { minutes, symbols } = await read
    .selectFrom('candles')
    .select(({ fn }) => [
      fn.count<number>('opened_at').distinct().as('minutes'),
      fn.count<number>('symbol').distinct().as('symbols'),
    ])
    .executeTakeFirstOrThrow();
  const tables = {
    users: 'users',
    bots: 'bots',
    turns: 'bot_turns',
    decisions: 'bot_decisions',
    trades: 'trades',
    'ledger rows': 'ledger_entries',
    snapshots: 'bot_state_snapshots',
  } as const;
  const counts = await Promise.all(
    Object.entries(tables).map(async ([name, table]) => {
      const { rows } = await read
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return [name, rows] as const;
    }),
  );
  return { 'candle intervals': minutes, symbols, ...Object.fromEntries(counts) };
}

async function countExits({ read }: Db): Promise<Figures> {
  const rows = await read
    .selectFrom('trades')
    .select(({ fn }) => ['cause', fn.countAll<number>().as('exits')])
    .where('trade_type', '=', 'exit')
    .groupBy('cause')
    .orderBy('cause')
    .execute();
  return Object.fromEntries(rows.map(({ cause, exits }) => [`exits by ${cause}`, exits]));
}

function printRun({ figures, exits, seconds, violations, digests }: Run): void {
  const turnsPerSecond = (figures.turns ?? 0) / seconds;
  const lines = {
    ...figures,
    ...exits,
    seconds: seconds.toFixed(1),
    'turns a second': turnsPerSecond.toFixed(0),
    check: violations === 0 ? 'no violations' : `${violations} kinds of violations`,
    digest: combineDigests(digests),
  };
  for (const [name, value] of Object.entries(lines)) console.log(`${name.padEnd(24)}${value}`);
}

function compare(first: Digests, second: Digests): boolean {
  const different = Object.entries(first).filter(([table, hash]) => second[table as keyof Digests] !== hash);
  if (different.length === 0) console.log('\nBoth runs did the same.');
  else console.log(`\nThe runs differ in ${different.map(([table]) => table).join(', ')}.`);
  return different.length === 0;
}
