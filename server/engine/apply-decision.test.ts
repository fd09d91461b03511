import { describe, expect, it } from 'vitest';
import { applyDecision, applyDecisions } from './apply-decision.ts';
import type { Account, Decision } from './model.ts';
import { accountOf, decide, envOf, opened } from '../test/support/engine-world.ts';

const BUY = { action: 'LONG', symbol: 'BTCUSDT', size: 100 } as const;
const CLOSE = { action: 'CLOSE', symbol: 'BTCUSDT' } as const;

function answer(account: Account, decisions: readonly Decision[]) {
  const { positionId: _, ...env } = envOf();
  const positionIds = decisions.map((_decision, i) => `p${i + 1}`);
  const result = applyDecisions(account, decisions, { ...env, positionIds });
  return { ...result, codes: result.results.map(({ outcome }) => outcome.code) };
}

describe('one answer', () => {
  it('is judged in order, each decision on its own', () => {
    const { account, codes } = answer(accountOf(), [
      { ...BUY, size: -1 },
      { ...BUY, symbol: 'NOPE' },
      BUY,
      { action: 'HOLD' },
      { action: 'SHORT', symbol: 'ETHUSDT', size: 200 },
    ]);
    expect(codes).toEqual(['invalid-decision', 'unknown-symbol', 'opened', 'held', 'opened']);
    expect(account.positions.map(({ id, symbol }) => [id, symbol])).toEqual([
      ['p3', 'BTCUSDT'],
      ['p5', 'ETHUSDT'],
    ]);
  });

  it('spends the same cash once', () => {
    // 60 / 50,000 -> 0.001: 50 + 0.025 leaves 49.975
    const { codes, results } = answer(accountOf(100), [
      { ...BUY, size: 60 },
      { ...BUY, symbol: 'ETHUSDT', size: 60 },
    ]);
    expect(codes).toEqual(['opened', 'insufficient-margin']);
    expect(results[1]?.outcome.message).toContain('needs 60.03, has 49.98');
  });

  it('counts the first of two on one symbol', () => {
    const { account, results } = answer(accountOf(), [BUY, { ...BUY, action: 'SHORT' }, CLOSE]);
    expect(results.map(({ outcome }) => outcome.message).slice(1)).toEqual([
      'rejected: duplicate decision: another decision of this answer is already about BTCUSDT',
      'rejected: duplicate decision: another decision of this answer is already about BTCUSDT',
    ]);
    expect(account.positions).toHaveLength(1);
  });

  it('sees that a position id and its symbol are the same thing', () => {
    const { account } = opened({ action: 'LONG' });
    const { codes } = answer(account, [
      { action: 'CLOSE', closePositionId: 'p1' },
      { action: 'CLOSE', closePositionId: 'p1' },
      { action: 'ADJUST', positionId: 'p1', stopLoss: 49_000 },
      CLOSE,
      BUY,
    ]);
    expect(codes).toEqual(['closed', 'position-not-found', 'position-not-found', 'duplicate', 'duplicate']);
  });

  it('does not let a refused decision block the next', () => {
    const { codes } = answer(accountOf(), [CLOSE, BUY]);
    expect(codes).toEqual(['position-not-found', 'opened']);
  });

  it('lets a HOLD stand beside a trade of its symbol', () => {
    const { codes } = answer(accountOf(), [{ action: 'HOLD', symbol: 'BTCUSDT' }, BUY]);
    expect(codes).toEqual(['held', 'opened']);
  });

  it('needs an id for every decision', () => {
    const { positionId: _, ...env } = envOf();
    expect(() => applyDecisions(accountOf(), [BUY], { ...env, positionIds: [] })).toThrow(RangeError);
  });
});

describe('HOLD', () => {
  it('changes nothing, also after the market has ended', () => {
    const account = accountOf();
    expect(applyDecision(account, { action: 'HOLD' }, envOf({ isMarketOpen: false }))).toEqual({
      account,
      outcome: { code: 'held', accepted: true, message: 'held', notes: [], positionId: null },
      events: [],
    });
  });
});

describe('ADJUST', () => {
  const { account } = opened({ action: 'LONG', stopLoss: 49_000, takeProfit: 51_000 });
  const adjust = (levels: Partial<Decision>, at = 2_000_000) =>
    decide(account, { action: 'ADJUST', positionId: 'p1', ...levels }, { at });

  it('moves what it names and keeps the rest', () => {
    const { outcome, events, account: after } = adjust({ stopLoss: 49_500.04 });
    expect(outcome).toEqual({
      code: 'adjusted',
      accepted: true,
      message: 'adjusted LONG BTCUSDT: stop 49500, target 51000',
      notes: ['stop 49500.04 set to the tick 49500'],
      positionId: 'p1',
    });
    expect(after.positions[0]).toMatchObject({
      stopLoss: 49_500,
      takeProfit: 51_000,
      levelsSetAt: 2_000_000,
    });
    expect(events).toEqual([{ type: 'adjusted', position: after.positions[0], at: 2_000_000 }]);
    expect(after.cashMicros).toBe(account.cashMicros);
  });

  it('removes what it names as null', () => {
    const { outcome, account: after } = adjust({ stopLoss: null, takeProfit: 52_000 });
    expect(after.positions[0]).toMatchObject({ stopLoss: null, takeProfit: 52_000 });
    expect(outcome.message).toBe('adjusted LONG BTCUSDT: stop none, target 52000');
  });
});
