import { describe, expect, it } from 'vitest';
import { pastDecisionOf, pastTurnOf, turnMemoryOf } from '../../test/support/turn-memory.ts';
import type { PastDecision } from '../provider.ts';
import { countTokens } from '../tokens.ts';
import { tellHistory } from './history.ts';

const linesOf = (text: string) => text.split('\n').slice(1);
const tell = (decisions: readonly PastDecision[], budget = 10_000) =>
  linesOf(tellHistory(turnMemoryOf({ history: [pastTurnOf(10, decisions)] }), budget).text);

describe('tellHistory', () => {
  it.each([
    [{}, '- LONG BTCUSDT, size 250.00, 3x: "The trend is up."; still open, net -0.38 so far'],
    [
      { result: { status: 'closed', netUsd: 12.3, closeCause: 'stop-loss' } },
      '- LONG BTCUSDT, size 250.00, 3x: "The trend is up."; closed by stop-loss, net +12.30',
    ],
    [
      { note: 'leverage lowered from 200 to 125', result: null },
      '- LONG BTCUSDT, size 250.00, 3x: "The trend is up."; opened: "leverage lowered from 200 to 125"',
    ],
    [
      { accepted: false, code: 'cooldown', note: 'rejected: wait', result: null },
      '- LONG BTCUSDT, size 250.00, 3x: "The trend is up."; rejected, cooldown: "wait"',
    ],
    [
      {
        accepted: false,
        code: 'cooldown',
        note: null,
        reasoning: null,
        size: null,
        leverage: null,
        result: null,
      },
      '- LONG BTCUSDT; rejected, cooldown',
    ],
    [
      { action: 'HOLD', symbol: null, size: null, leverage: null, result: null },
      '- HOLD: "The trend is up."',
    ],
  ] satisfies [Partial<PastDecision>, string][])('tells %j', (decision, line) => {
    expect(tell([pastDecisionOf(decision)])).toEqual(['2026-01-05 11:50 UTC', line]);
  });

  it('bounds reasonings and the decisions of a turn', () => {
    const lines = tell(Array.from({ length: 25 }, () => pastDecisionOf({ reasoning: 'x'.repeat(5000) })));
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('- and 5 more');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400);
  });

  it('shows the newest turns that fit, exactly, and no older one behind one that does not', () => {
    const sizes = [1, 200, 3, 40, 1, 90, 7, 25, 1, 60];
    const history = sizes.map((words, index) =>
      pastTurnOf(sizes.length - index, [pastDecisionOf({ reasoning: 'up '.repeat(words) })]),
    );
    const all = tellHistory(turnMemoryOf({ history }), 100_000);
    const costs = linesOf(all.text)
      .join('\n')
      .split(/\n(?=2026)/)
      .map((turn) => countTokens(`${turn}\n`));
    expect(costs).toHaveLength(sizes.length);
    for (let budget = 0; budget < 700; budget += 13) {
      let [fitting, left] = [0, budget];
      while (fitting < costs.length && left >= (costs.at(-1 - fitting) ?? 0)) {
        left -= costs.at(-1 - fitting) ?? 0;
        fitting += 1;
      }
      const told = tellHistory(turnMemoryOf({ history }), budget);
      expect(told).toMatchObject({ shown: fitting, dropped: sizes.length - fitting });
      expect(told.text.endsWith(linesOf(told.text).join('\n'))).toBe(true);
      expect(all.text.endsWith(linesOf(told.text).join('\n'))).toBe(true);
    }
  });

  it('counts a turn anew when what came of it has changed', () => {
    const turnWith = (reasoning: string) =>
      turnMemoryOf({ history: [pastTurnOf(3, [pastDecisionOf({ reasoning })])] });
    expect(tellHistory(turnWith('up'), 60).shown).toBe(1);
    expect(tellHistory(turnWith('up and down '.repeat(20)), 60).shown).toBe(0);
  });

  it('says when there is nothing', () => {
    expect(tellHistory(null, 100)).toEqual({ text: 'None yet.', shown: 0, dropped: 0 });
    expect(tellHistory(turnMemoryOf(), 100)).toEqual({ text: 'None yet.', shown: 0, dropped: 0 });
    expect(tellHistory(turnMemoryOf({ history: [pastTurnOf(1)] }), 0)).toMatchObject({
      shown: 0,
      dropped: 1,
    });
  });
});
