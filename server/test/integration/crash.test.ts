import { describe, expect, it } from 'vitest';
import { Chapter } from '../crash/chapter.ts';
import { POINTS, type Bug, type Ending } from '../crash/plan.ts';
import { runRounds } from '../crash/run-rounds.ts';

const SEED = 20_260_105;
const ROUNDS = 100;

/** What each mistake looks like from outside, and the kill that shows it. */
const SYMPTOMS: readonly { readonly bug: Bug; readonly ending: Ending; readonly symptom: RegExp }[] = [
  {
    bug: 'early-ack',
    ending: { kind: 'running', ms: 250 },
    symptom: /acknowledged row .* is not in/,
  },
  { bug: 'split-apply', ending: { kind: 'point', name: 'K5', hit: 4 }, symptom: /^I\d+ / },
  {
    bug: 'swallowed-event',
    ending: { kind: 'running', ms: 200 },
    symptom: /acknowledged row of arena_events is not in/,
  },
  {
    bug: 'forgotten-answer',
    ending: { kind: 'point', name: 'K4', hit: 2 },
    symptom: /was answered at the kill and is abandoned/,
  },
];

describe('a server killed at any moment', () => {
  it(
    `keeps what it acknowledged and does nothing twice, in ${ROUNDS} rounds`,
    { timeout: 900_000 },
    async () => {
      const summary = await runRounds({ seed: SEED, first: 0, rounds: ROUNDS, lanes: 2 });
      expect(summary.failures).toEqual([]);
      // The rounds were worth something: every place was hit, and there was much to lose.
      for (const point of POINTS) expect(summary.endings[point]).toBeGreaterThanOrEqual(7);
      expect(summary.acknowledgedRows).toBeGreaterThan(5000);
      expect(summary.resumedTurns).toBeGreaterThan(10);
      expect(summary.abandonedTurns).toBeGreaterThan(10);
      expect(summary.resumedJoins).toBeGreaterThan(30);
      expect(summary.seenEvents).toBeGreaterThan(100);
    },
  );

  it.each(SYMPTOMS)('would be caught with $bug', { timeout: 120_000 }, async ({ bug, ending, symptom }) => {
    const chapter = new Chapter({
      seed: SEED,
      rounds: [0, 1],
      market: 'paced',
      bug,
      endingOf: () => ending,
      keepsFolder: false,
    });
    const { rounds } = await chapter.run();
    expect(rounds.flatMap(({ violations }) => violations)).toContainEqual(expect.stringMatching(symptom));
  });
});
