import { parseArgs } from 'node:util';
import { runAnswers, type AnswerRun } from '../server/test/support/answer-run.ts';

const USAGE = `Usage: npm run fuzz:answers -- [--count n] [--seed n] [--first n]

Makes answers as models send them, good and malformed, parses them and applies them to a book.
  --count  how many answers (1000000)
  --seed   decides which (1)
  --first  number of the first answer: with the same seed it repeats from there (0)
Exit code: 0 no crash, no illegal state and no coerced number, 1 one of them, 2 wrong arguments.`;

const BATCH = 10_000;
const SHOWN = 20;

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const options = readArguments(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const { seed, first, count } = options;
  const startedAt = performance.now();
  const runs: AnswerRun[] = [];
  for (let done = 0; done < count; done += BATCH) {
    runs.push(runAnswers({ seed, first: first + done, count: Math.min(BATCH, count - done) }));
    process.stderr.write(`\r${Math.min(count, done + BATCH)} of ${count} answers`);
  }
  process.stderr.write('\n');
  const failures = runs.flatMap((run) => run.failures);
  console.log(
    `answers   ${count} from ${first}, seed ${seed}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  console.log(`kinds     ${sum(runs.map(({ kinds }) => kinds))}`);
  console.log(`fates     ${sum(runs.map(({ fates }) => fates))}`);
  console.log(`outcomes  ${sum(runs.map(({ codes }) => codes))}`);
  console.log(`failures  ${failures.length}`);
  for (const failure of failures.slice(0, SHOWN)) console.log(failure);
  return failures.length === 0 ? 0 : 1;
}

function sum(counts: readonly ReadonlyMap<string, number>[]): string {
  const total = new Map<string, number>();
  for (const [key, count] of counts.flatMap((map) => [...map])) total.set(key, (total.get(key) ?? 0) + count);
  return [...total]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
}

function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        count: { type: 'string', default: '1000000' },
        seed: { type: 'string', default: '1' },
        first: { type: 'string', default: '0' },
      },
    });
    const [count, seed, first] = [Number(values.count), Number(values.seed), Number(values.first)];
    const isWhole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
    return isWhole(count, 1) && isWhole(seed, 0) && isWhole(first, 0) ? { count, seed, first } : undefined;
  } catch (error) {
    // Unknown options are the only thing parseArgs refuses here.
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}
