import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Line } from './measure.mts';
import { MEASURES } from './measures.mts';
import { formatTable } from './table.mts';
import { seedDatabase } from './world/seed.mts';

const USAGE = `Usage: npm run bench -- [names] [--quick] [--json <file>] [--database <file>]

Measures the arena against baselines, interleaved, and prints one table.
  names             only these: ${MEASURES.map(({ name }) => name).join(', ')}
  --quick           fewer rounds; snapshots at 1 M rows instead of 10 M
  --json <file>     writes the table as JSON, too
  --database <file> the large database: made there when missing, used again when there
Exit code: 0 every target met, 1 some missed.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'arena-bench-'));
  try {
    const bench = makeBench(folder, options);
    const lines: Line[] = [];
    for (const measure of options.measures) {
      bench.say(measure.name);
      lines.push(...(await measure.run(bench)));
    }
    console.log(formatTable(lines));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(lines, null, 2)}\n`);
    return lines.every((line) => line.isMet) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Options {
  readonly measures: typeof MEASURES;
  readonly isQuick: boolean;
  readonly json: string | undefined;
  readonly database: string | undefined;
}

function readArguments(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        database: { type: 'string' },
      },
    });
    if (positionals.some((name) => !MEASURES.some((measure) => measure.name === name))) return undefined;
    const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name);
    return {
      measures: MEASURES.filter(({ name }) => isWanted(name)),
      isQuick: values.quick,
      json: values.json,
      database: values.database,
    };
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function makeBench(folder: string, { isQuick, database }: Options): Bench {
  const startedAt = performance.now();
  const say = (text: string) =>
    console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  let seeded: Promise<string> | undefined;
  return {
    isQuick,
    folder,
    say,
    seeded: () => (seeded ??= seedDatabase(database ?? path.join(folder, 'seeded.db'), say)),
  };
}
