import { parseArgs } from 'node:util';
import { checkDatabase, type CheckReport, type Violation } from '../server/db/check/index.ts';
import { StartupError } from '../server/errors.ts';

const USAGE = `Usage: npm run check -- <database file>

Checks every invariant on every row of an arena database, also while a server uses it. Reads only.
Exit code: 0 nothing found, 1 violations found, 2 the file cannot be checked.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const file = readArguments(args);
  if (file === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    const startedAt = performance.now();
    const report = await checkDatabase(file);
    for (const violation of report.violations) printViolation(violation);
    console.log(summarize(report, (performance.now() - startedAt) / 1000));
    return report.violations.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(args: string[]): string | undefined {
  try {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    return positionals.length === 1 ? positionals[0] : undefined;
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function printViolation({ invariant, message, count, rows }: Violation): void {
  console.log(`${invariant}  ${message}: ${count === 1 ? '1 row' : `${count} rows`}`);
  for (const row of rows) console.log(`      ${toJson(row)}`);
  if (count > rows.length) console.log(`      … and ${count - rows.length} more`);
}

function summarize({ violations, counts }: CheckReport, seconds: number): string {
  const read = [
    `${counts.bots} bots`,
    `${counts.positions} positions`,
    `${counts.trades} trades`,
    `${counts.ledgerEntries} ledger entries`,
    `${counts.priceSets} price sets`,
    `${counts.snapshots} snapshots`,
  ].join(', ');
  const verdict = violations.length === 0 ? 'No violations' : `${violations.length} kinds of violations`;
  return `${verdict}: ${read} checked in ${seconds.toFixed(1)} s.`;
}

function toJson(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
