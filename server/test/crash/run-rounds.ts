import { Chapter, marketOf, type ChapterReport } from './chapter.ts';

/** Rounds on one database. */
export const CHAPTER_ROUNDS = 10;

export interface CrashRun {
  readonly seed: number;
  /** Number of the first round: the start of a chapter. */
  readonly first: number;
  readonly rounds: number;
  readonly lanes: number;
  readonly onChapter?: (report: ChapterReport) => void;
}

export interface CrashSummary {
  readonly chapters: readonly ChapterReport[];
  /** How often each ending came. */
  readonly endings: Readonly<Record<string, number>>;
  /** From start to serving, ms, ascending. */
  readonly readyMs: readonly number[];
  readonly acknowledgedRows: number;
  readonly appliedTurns: number;
  readonly resumedTurns: number;
  readonly abandonedTurns: number;
  readonly seenEvents: number;
  readonly resumedJoins: number;
  /** One line for each thing that is wrong, with seed and round. */
  readonly failures: readonly string[];
}

/** Kills servers `rounds` times, some databases at a time. */
export async function runRounds(run: CrashRun): Promise<CrashSummary> {
  const chapters: ChapterReport[] = [];
  const starts = Array.from({ length: Math.ceil(run.rounds / CHAPTER_ROUNDS) }, (_, i) => {
    return run.first + i * CHAPTER_ROUNDS;
  });
  const queue = starts.values();
  const lane = async (): Promise<void> => {
    for (const first of queue) {
      const length = Math.min(CHAPTER_ROUNDS, run.first + run.rounds - first);
      const rounds = Array.from({ length }, (_, i) => first + i);
      const market = marketOf(first / CHAPTER_ROUNDS);
      const report = await new Chapter({ seed: run.seed, rounds, market }).run();
      chapters.push(report);
      run.onChapter?.(report);
    }
  };
  await Promise.all(Array.from({ length: run.lanes }, lane));
  return summarize(run.seed, chapters);
}

function summarize(seed: number, chapters: readonly ChapterReport[]): CrashSummary {
  const rounds = chapters.flatMap((chapter) => chapter.rounds);
  const total = (pick: (round: (typeof rounds)[number]) => number) =>
    rounds.reduce((sum, round) => sum + pick(round), 0);
  const endings = Object.entries(Object.groupBy(rounds, ({ ending }) => ending));
  return {
    chapters,
    endings: Object.fromEntries(endings.map(([ending, of]) => [ending, of?.length ?? 0])),
    readyMs: rounds.flatMap(({ readyMs }) => readyMs ?? []).sort((a, b) => a - b),
    acknowledgedRows: total((round) => round.acknowledgedRows),
    appliedTurns: chapters.reduce(
      (sum, chapter) => sum + (chapter.rounds.at(-1)?.verdict.appliedTurns ?? 0),
      0,
    ),
    resumedTurns: total((round) => round.verdict.resumedTurns),
    abandonedTurns: total((round) => round.verdict.abandonedTurns),
    seenEvents: chapters.reduce((sum, chapter) => sum + chapter.seenEvents, 0),
    resumedJoins: chapters.reduce((sum, chapter) => sum + chapter.resumedJoins, 0),
    failures: chapters.flatMap(({ rounds: of, folder }) =>
      of.flatMap(({ round, ending, violations }) =>
        violations.map((text) => `seed ${seed}, round ${round} (${ending}, kept in ${folder}): ${text}`),
      ),
    ),
  };
}

/** The value below which `share` of the ascending numbers lie. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}
