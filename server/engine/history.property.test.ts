import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryRun } from '../test/support/history-run.ts';
import { historyArb, type Setting, type Step } from '../test/support/random-history.ts';

const HISTORIES = Number(process.env['HISTORIES'] ?? 500);
const STEPS = 200;
/** The same histories every time. SEED picks others; SEED and FAILURE (the path a failure prints) play one again. */
const SEED = Number(process.env['SEED'] ?? 42);
const FAILURE = process.env['FAILURE'];

const COMMON = `opened increased reduced closed adjusted held funding insurance
  jump-liquidation jump-stop-loss jump-take-profit through-liquidation through-stop-loss through-take-profit
  invalid-decision unknown-symbol symbol-not-allowed no-price stale-price unconfirmed-price market-closed
  cooldown position-open leverage-differs too-many-positions size-too-small size-below-step insufficient-margin
  wrong-side-stop wrong-side-target position-not-found duplicate`.split(/\s+/);

describe(`${HISTORIES} random histories of ${STEPS} steps`, () => {
  const seen = new Map<string, number>();

  it('agree with the reference ledger after every step', { timeout: 300_000 }, () => {
    const histories = fc.property(historyArb(STEPS), ({ setting, steps }) => {
      const run = new HistoryRun(setting);
      for (const step of steps) run.step(step);
      for (const [what, count] of run.seen) seen.set(what, (seen.get(what) ?? 0) + count);
    });
    const replay = FAILURE === undefined ? {} : { path: FAILURE, endOnFailure: true };
    const details = fc.check(histories, { numRuns: HISTORIES, seed: SEED, ...replay });
    expect(details.failed ? explain(details) : null).toBeNull();
  });

  it.skipIf(FAILURE !== undefined || HISTORIES < 500)('meet everything that can happen, often', () => {
    expect(COMMON.filter((what) => (seen.get(what) ?? 0) < 50)).toEqual([]);
  });
});

/** How to play the failure again, and the shortest history that shows it. */
function explain(details: fc.RunDetails<[{ setting: Setting; steps: Step[] }]>): unknown {
  const [history] = details.counterexample ?? [];
  return {
    replay: `SEED=${details.seed} FAILURE=${details.counterexamplePath ?? ''}`,
    error: String(details.errorInstance),
    setting: history?.setting,
    steps: history?.steps.filter((step) => step.type !== 'wait').map((step) => JSON.stringify(step)),
  };
}
