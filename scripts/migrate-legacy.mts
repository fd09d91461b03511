import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadMasterKey } from '../server/auth/master-key.ts';
import { buildConfig } from '../server/config/config.ts';
import { parseEnv } from '../server/config/env.ts';
import { AppError } from '../server/errors.ts';
import { migrateLegacy } from '../server/legacy/migrate-legacy.ts';
import { formatReport, type LegacyReport } from '../server/legacy/report.ts';
import { createProviders } from '../server/llm/registry.ts';
import { createLogger } from '../server/log.ts';

const USAGE = `Usage: node scripts/migrate_state_to_tables.ts [--from <file>] [--to <file>] [--dry-run] [--json <file>] [--force]

Moves a database of the old server (everything in one JSON text, arena_state) into tables.
  --from <file>  the old database (DATABASE_URL)
  --to <file>    writes another file and leaves the old one as it is; without it the old one is copied, then changed
  --dry-run      writes nothing, only reports
  --json <file>  writes the report as JSON, too
  --force        merges by id into a file that has data already
LEGACY_ENCRYPTION_KEY: the old server's key; with it API keys are sealed anew, without it they are kept aside.
Exit code: 0 everything arrived or nothing was left to do, 1 refused or failed and nothing was changed, 2 some records
were set aside in migration_quarantine.`;

export async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (options === 'help') return say(USAGE, 0);
  if (typeof options === 'string') return say(`${options}\n\n${USAGE}`, 1);
  try {
    return await migrate(options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return say(error.message, 1);
  }
}

interface Options {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isDryRun: boolean;
  readonly isForced: boolean;
  readonly json: string | undefined;
}

/** @returns what is wrong with them, or `help`. */
function readArguments(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'string' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      from: values.from,
      to: values.to,
      isDryRun: values['dry-run'],
      isForced: values.force,
      json: values.json,
    };
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    return error instanceof Error ? error.message : String(error);
  }
}

async function migrate(options: Options): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const from = options.from ?? parseEnv(process.env).DATABASE_URL;
  const to = options.to ?? from;
  if (options.json !== undefined && [from, to].includes(options.json))
    return say('--json must name a file of its own.', 1);
  const config = buildConfig(parseEnv({ ...process.env, DATABASE_URL: to }), {
    clientDir: null,
    isTerminal: process.stdout.isTTY,
    pid: process.pid,
  });
  const log = createLogger(config.log);
  const report = await migrateLegacy({
    from,
    to,
    isDryRun: options.isDryRun,
    isForced: options.isForced,
    legacyKey: process.env.LEGACY_ENCRYPTION_KEY?.trim() || null,
    masterKey: ({ isVaultNew }) => loadMasterKey(config.vault, { isVaultNew, log }),
    providerTypes: new Set(createProviders().keys()),
    pid: process.pid,
    now: Date.now,
    onProgress: process.stderr.isTTY ? showProgress : () => undefined,
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  say(formatReport(report), 0);
  if (options.json !== undefined) writeReport(options.json, report);
  return report.quarantined === 0 ? 0 : 2;
}

/** The move is done by now: a report that cannot be written does not change what the exit code says of it. */
function writeReport(file: string, report: LegacyReport): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    say(
      `The report could not be written to ${file}: ${error instanceof Error ? error.message : 'unknown'}.`,
      1,
    );
  }
}

const BAR = 30;

function showProgress(done: number, total: number): void {
  const filled = Math.round((done / Math.max(1, total)) * BAR);
  process.stderr.write(
    `\r[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${done.toLocaleString('en-US')} records`,
  );
}

function say(text: string, exitCode: number): number {
  (exitCode === 1 ? process.stderr : process.stdout).write(`${text}\n`);
  return exitCode;
}
