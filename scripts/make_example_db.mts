import { renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeExampleDatabase } from '../server/test/support/legacy/example.ts';

const USAGE = `Usage: node_modules/.bin/node scripts/make_example_db.mts [file]

Writes arena.db.example, or the file named: a database as the old server leaves it, with 4 bots of 2 users and a month of
history, to try the move to this server on. It is made up from a seed and always the same.
Its users sign in as nora (lanternfish) and Idris (cobalt-heron); its API keys are random bytes.
Exit code: 0 written, 2 the arguments cannot be read.`;

const EXAMPLE_FILE = path.join(import.meta.dirname, '..', 'arena.db.example');

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const file = readArguments(args);
  if (file === undefined) {
    console.error(USAGE);
    return 2;
  }
  // Beside it first: an interrupted run leaves the old file as it was.
  writeExampleDatabase(`${file}.new`);
  renameSync(`${file}.new`, file);
  console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  return 0;
}

function readArguments(args: string[]): string | undefined {
  try {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    return positionals.length > 1 ? undefined : path.resolve(positionals[0] ?? EXAMPLE_FILE);
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}
