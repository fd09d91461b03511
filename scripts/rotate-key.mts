import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rotateDatabaseKey } from '../server/auth/rotate-database.ts';
import type { RotationReport } from '../server/auth/rotate-key.ts';
import { buildConfig, type Config } from '../server/config/config.ts';
import { parseEnv } from '../server/config/env.ts';
import { Secret } from '../server/config/secrets.ts';
import { AppError } from '../server/errors.ts';

const USAGE = `Usage: npm run rotate-key -- [--database <file>] [--wait <seconds>]

Puts a new master key in the place of the old one, also while the arena runs, and seals no secret anew. Cut off at any
moment it leaves everything readable; run again, it goes on.
  --database <file>  the database (DATABASE_URL)
  --wait <seconds>   how long a running arena has to take over the new key before the old one goes (3); 0 when none runs
The key file gets the new key and loses the old one. With MASTER_KEY stop the arena, set NEW_MASTER_KEY to the new key,
run this, and start the arena with MASTER_KEY set to it.
Exit code: 0 the new key is the only one, 1 refused or not finished.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (typeof options === 'string') return refuse(`${options}\n\n${USAGE}`);
  if (options.isHelp) {
    console.log(USAGE);
    return 0;
  }
  try {
    console.log(await rotate(options));
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refuse(error.message);
  }
}

interface Options {
  readonly database: string | undefined;
  readonly waitMs: number;
  readonly isHelp: boolean;
}

/** @returns what is wrong with them. */
function readArguments(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        database: { type: 'string' },
        wait: { type: 'string', default: '3' },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = values.wait.trim() === '' ? Number.NaN : Number(values.wait);
    if (!(seconds >= 0 && seconds <= 3600)) return '--wait must be a number of seconds, 0 to 3600.';
    return { database: values.database, waitMs: seconds * 1000, isHelp: values.help };
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns what to tell. */
async function rotate({ database, waitMs }: Options): Promise<string> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const path = database ?? parseEnv(process.env).DATABASE_URL;
  const { vault } = buildConfig(parseEnv({ ...process.env, DATABASE_URL: path }), {
    clientDir: null,
    isTerminal: process.stdout.isTTY,
    pid: process.pid,
  });
  const given = process.env.NEW_MASTER_KEY?.trim();
  const report = await rotateDatabaseKey({
    path,
    vault,
    newMasterKey: given ? new Secret(given) : null,
    waitMs,
    pid: process.pid,
    now: Date.now,
  });
  return describe(report, vault);
}

function describe({ version, rewrapped, isResumed }: RotationReport, vault: Config['vault']): string {
  const done = isResumed ? 'The rotation that was cut off is complete' : 'The master key is rotated';
  const next =
    vault.masterKey === null
      ? `${vault.keyFile} holds the new key only: keep a copy of it.`
      : 'Start the arena with MASTER_KEY set to what NEW_MASTER_KEY is now.';
  return `${done}: version ${version} is in use, ${rewrapped} data keys were wrapped by it anew.
${next} Copies of the database from before need the old key.`;
}

function refuse(message: string): number {
  console.error(message);
  return 1;
}
