import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CHAPTER_ROUNDS, percentile, runRounds, type CrashSummary } from '../server/test/crash/run-rounds.ts';

const USAGE = `Usage: npm run test:crash -- [--rounds n] [--seed n] [--first n] [--lanes n]

Kills real servers with SIGKILL, at failpoints and at random moments, and checks each database they leave.
  --rounds  how many kills (100)
  --seed    decides how each round ends (1)
  --first   number of the first round, a multiple of ${CHAPTER_ROUNDS}: with the same seed it repeats from there (0)
  --lanes   databases at the same time (one for each core)
Exit code: 0 nothing lost and nothing wrong, 1 something was, 2 wrong arguments.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const startedAt = performance.now();
  let done = 0;
  const summary = await runRounds({
    ...options,
    onChapter: ({ rounds }) => {
      done += rounds.length - 1;
      process.stderr.write(`\r${done} of ${options.rounds} rounds`);
    },
  });
  process.stderr.write('\n');
  printTable(summary, { ...options, seconds: (performance.now() - startedAt) / 1000 });
  for (const failure of summary.failures) console.log(failure);
  return summary.failures.length === 0 ? 0 : 1;
}

function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '100' },
        seed: { type: 'string', default: '1' },
        first: { type: 'string', default: '0' },
        lanes: { type: 'string', default: String(availableParallelism()) },
      },
    });
    const [rounds, seed, first, lanes] = [values.rounds, values.seed, values.first, values.lanes].map(Number);
    const isWhole = (value: number | undefined, least: number): value is number =>
      Number.isSafeInteger(value) && (value ?? -1) >= least;
    if (!isWhole(rounds, 1) || !isWhole(seed, 0) || !isWhole(first, 0) || !isWhole(lanes, 1))
      return undefined;
    return first % CHAPTER_ROUNDS === 0 ? { rounds, seed, first, lanes } : undefined;
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function printTable(summary: CrashSummary, run: { seed: number; rounds: number; seconds: number }): void {
  const { endings, readyMs } = summary;
  const kills = Object.entries(endings).map(([ending, count]) => `${ending} ${count}`);
  const rows: readonly (readonly [string, string | number])[] = [
    ['rounds', `${run.rounds} in ${run.seconds.toFixed(0)} s, seed ${run.seed}`],
    ['endings', kills.join(', ')],
    ['acknowledged rows', summary.acknowledgedRows],
    ['turns applied', summary.appliedTurns],
    ['turns resumed from their stored answer', summary.resumedTurns],
    ['turns abandoned', summary.abandonedTurns],
    ['events a client was sent', summary.seenEvents],
    ['client resumed without a gap', summary.resumedJoins],
    ['restart to ready, p50', `${percentile(readyMs, 0.5).toFixed(0)} ms`],
    ['restart to ready, p99', `${percentile(readyMs, 0.99).toFixed(0)} ms`],
    ['lost, doubled or broken', summary.failures.length],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}
