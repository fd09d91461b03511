import { describe, expect, it } from 'vitest';
import type { EngineEvent } from './model.ts';
import { accrueFunding } from './funding.ts';
import { BTC, decide, ETH, opened, sumOf } from '../test/support/engine-world.ts';

const AT = 2_000_000;

function fundingOf(events: readonly EngineEvent[]) {
  const [event, ...others] = events;
  if (event?.type !== 'funding' || others.length > 0) throw new Error('expected exactly one funding');
  return event;
}

describe('funding', () => {
  // 0.2 at 50,000 is 10,000 notional; margin 1,000.
  it('is paid by a long when the rate is positive, and brings its liquidation nearer', () => {
    // 10,000 * 0.0005 = 5; (10,000 - 995) / 0.199 = 45,251.25.. -> 45,251.2
    const { account } = opened({ action: 'LONG' });
    const result = accrueFunding(account, { spec: BTC, rate: 0.0005, mark: 50_000, at: AT });
    const event = fundingOf(result.events);
    expect(event).toMatchObject({ amountMicros: -5_000_000, rate: 0.0005, at: AT });
    expect(event.postings).toEqual([
      { account: 'margin', amountMicros: -5_000_000 },
      { account: 'funding', amountMicros: 5_000_000 },
    ]);
    expect(event.position).toMatchObject({
      marginMicros: 995_000_000,
      initialMarginMicros: 1_000_000_000,
      fundingMicros: -5_000_000,
      liquidationPrice: 45_251.2,
      lastFundingAt: AT,
    });
    expect(result.account).toMatchObject({
      cashMicros: account.cashMicros,
      fundingMicros: -5_000_000,
      realizedMicros: account.realizedMicros,
    });
  });

  it('is received by a short, and moves its liquidation away', () => {
    // (10,000 + 1,005) / (0.2 * 1.005) = 54,751.24.. -> 54,751.3
    const { account } = opened({ action: 'SHORT' });
    const result = accrueFunding(account, { spec: BTC, rate: 0.0005, mark: 50_000, at: AT });
    expect(fundingOf(result.events).position).toMatchObject({
      marginMicros: 1_005_000_000,
      liquidationPrice: 54_751.3,
    });
  });

  it.each([
    // 0.2 * 50,000.3 * 0.00012345 = 1.234507407: a payer pays the started micro, a receiver does not get it
    ['LONG', 0.000_123_45, -1_234_508],
    ['SHORT', 0.000_123_45, 1_234_507],
    ['LONG', -0.000_123_45, 1_234_507],
    ['SHORT', -0.000_123_45, -1_234_508],
  ] as const)('of a %s at %d is rounded against the bot', (action, rate, amountMicros) => {
    const { account } = opened({ action });
    const { events } = accrueFunding(account, { spec: BTC, rate, mark: 50_000.3, at: AT });
    expect(fundingOf(events).amountMicros).toBe(amountMicros);
    expect(sumOf(fundingOf(events).postings)).toBe(0);
  });

  it('takes at most the margin', () => {
    // 10,000 * 0.2 = 2,000
    const { account } = opened({ action: 'LONG' });
    const result = accrueFunding(account, { spec: BTC, rate: 0.2, mark: 50_000, at: AT });
    expect(fundingOf(result.events)).toMatchObject({
      amountMicros: -1_000_000_000,
      position: { marginMicros: 0 },
    });
    expect(result.account.cashMicros).toBe(account.cashMicros);
  });

  it('is charged once for one time, and never for a time before the last', () => {
    const { account } = opened({ action: 'LONG' });
    const funding = { spec: BTC, rate: 0.0005, mark: 50_000, at: AT };
    const once = accrueFunding(account, funding).account;
    expect(accrueFunding(once, funding)).toEqual({ account: once, events: [] });
    expect(accrueFunding(once, { ...funding, at: AT - 1 }).events).toEqual([]);
    expect(accrueFunding(once, { ...funding, at: AT + 1 }).account.fundingMicros).toBe(-10_000_000);
  });

  it('is not due at the moment of opening', () => {
    const { account, position } = opened({ action: 'LONG' });
    const funding = { spec: BTC, rate: 0.0005, mark: 50_000, at: position.openedAt };
    expect(accrueFunding(account, funding).events).toEqual([]);
  });

  it('leaves other symbols alone', () => {
    const { account } = opened({ action: 'LONG' });
    expect(accrueFunding(account, { spec: ETH, rate: 0.0005, mark: 2000, at: AT })).toEqual({
      account,
      events: [],
    });
  });

  it('of nothing is noted without postings', () => {
    const { account } = opened({ action: 'LONG' });
    const { events } = accrueFunding(account, { spec: BTC, rate: 0, mark: 50_000, at: AT });
    expect(fundingOf(events)).toMatchObject({
      amountMicros: 0,
      postings: [],
      position: { lastFundingAt: AT },
    });
  });

  it('decides whether a closed position was a win', () => {
    // gross 0.2 * 60 = 12; fees 5 + 5.006; funding -5: 12 - 10.006 - 5 < 0
    const { account } = opened({ action: 'LONG' });
    const paid = accrueFunding(account, { spec: BTC, rate: 0.0005, mark: 50_000, at: AT }).account;
    const closed = decide(paid, { action: 'CLOSE', symbol: 'BTCUSDT' }, { price: 50_060, at: AT });
    expect(closed.account.winCount).toBe(0);
    expect(closed.outcome.message).toBe('closed LONG BTCUSDT at 50060 with a loss of 3.01');
    // 10,000 + 12 - 10.006 - 5
    expect(closed.account.cashMicros).toBe(9_996_994_000);
  });
});
