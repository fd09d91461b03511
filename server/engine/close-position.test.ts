import { describe, expect, it } from 'vitest';
import { accountOf, decide, fillOf, opened, sumOf } from '../test/support/engine-world.ts';

const CLOSE = { action: 'CLOSE', symbol: 'BTCUSDT' } as const;

describe('close', () => {
  it('books gain, fee and margin of a long', () => {
    // 0.2 from 50,000 to 51,000: gross 200; fee 10,200 * 0.0005 = 5.10; cash 8,995 + 1,000 + 200 - 5.10
    const { account } = opened({ action: 'LONG' });
    const result = decide(account, CLOSE, { price: 51_000, at: 2_000_000, decisionPrice: 50_900 });
    const { type, fill, postings, position } = fillOf(result.events);
    expect(type).toBe('closed');
    expect(fill).toMatchObject({
      kind: 'exit',
      price: 51_000,
      quantity: 0.2,
      notionalMicros: 10_200_000_000,
      marginMicros: 1_000_000_000,
      costMicros: 10_000_000_000,
      feeMicros: 5_100_000,
      pnlMicros: 194_900_000,
      insuranceMicros: 0,
      cause: 'decision',
      decisionPrice: 50_900,
      slippage: 0,
    });
    expect(postings).toEqual([
      { account: 'cash', amountMicros: 1_194_900_000 },
      { account: 'margin', amountMicros: -1_000_000_000 },
      { account: 'market', amountMicros: -200_000_000 },
      { account: 'fees', amountMicros: 5_100_000 },
    ]);
    expect(position).toMatchObject({ quantity: 0, marginMicros: 0, costMicros: 0 });
    expect(result.account).toMatchObject({
      cashMicros: 10_189_900_000,
      positions: [],
      tradeCount: 1,
      winCount: 1,
      realizedMicros: 189_900_000,
      feesMicros: 10_100_000,
    });
    expect(result.outcome.message).toBe('closed LONG BTCUSDT at 51000 with a gain of 189.90');
  });

  it('buys a short back above the price, with slippage', () => {
    // 51,000 * 1.0002 = 51,010.2; gross 10,000 - 10,202.04 = -202.04; fee 5.10102
    const { account } = opened({ action: 'SHORT' });
    const result = decide(account, CLOSE, { price: 51_000, rules: { slippageBps: 2 } });
    const { fill } = fillOf(result.events);
    expect(fill).toMatchObject({ price: 51_010.2, pnlMicros: -207_141_020 });
    expect(fill.slippage).toBeCloseTo(10.2, 9);
    expect(result.account.winCount).toBe(0);
    expect(result.outcome.message).toBe('closed SHORT BTCUSDT at 51010.2 with a loss of 212.14');
  });

  it('takes a position id alone, also as positionId', () => {
    const { account } = opened({ action: 'LONG' });
    expect(decide(account, { action: 'CLOSE', closePositionId: 'p1' }).outcome.code).toBe('closed');
    expect(decide(account, { action: 'CLOSE', positionId: 'p1' }).outcome.code).toBe('closed');
  });

  it('counts no win when fees eat the gain', () => {
    // 0.2 * (50,040 - 50,000) = 8 gross; fees 5 + 5.004
    const { account } = opened({ action: 'LONG' });
    const closed = decide(account, CLOSE, { price: 50_040 }).account;
    expect(closed).toMatchObject({ tradeCount: 1, winCount: 0, realizedMicros: -2_004_000 });
  });
});

describe('partial close', () => {
  // 3,333.34 * 3 / 50,000 -> 0.2; notional 10,000; margin 3,333.333333.. -> 3,333.333334
  const start = () => opened({ action: 'LONG', size: 3333.34, leverage: 3 });

  it('releases floored shares, and the last exit takes the remainder', () => {
    const { account, position } = start();
    expect(position.marginMicros).toBe(3_333_333_334);
    // A third of 200 steps is 66; margin 3,333.333334 * 66 / 200 = 1,100.00000022 -> 1,100; cost 3,300
    // at 51,000: notional 3,366, gross 66, fee 1.683
    const first = decide(account, { ...CLOSE, closeFraction: 0.3333 }, { price: 51_000 });
    const reduced = fillOf(first.events);
    expect(reduced.type).toBe('reduced');
    expect(reduced.fill).toMatchObject({
      quantity: 0.066,
      marginMicros: 1_100_000_000,
      costMicros: 3_300_000_000,
      feeMicros: 1_683_000,
      pnlMicros: 64_317_000,
    });
    expect(first.outcome).toMatchObject({
      code: 'reduced',
      message: 'reduced LONG BTCUSDT to 0.134 at 51000',
    });
    // (6,700 - 2,233.333334) / (0.134 * 0.995) = 33,500.8626.. -> 33,500.8
    expect(first.account.positions[0]).toMatchObject({
      quantity: 0.134,
      marginMicros: 2_233_333_334,
      costMicros: 6_700_000_000,
      liquidationPrice: 33_500.8,
      entryQuantity: 0.2,
      initialMarginMicros: 3_333_333_334,
    });
    expect(first.account).toMatchObject({ tradeCount: 0, cooldowns: {} });

    // 0.134 at 51,000: notional 6,834, gross 134, fee 3.417
    const last = decide(first.account, CLOSE, { price: 51_000 });
    const closed = fillOf(last.events);
    expect(closed.fill).toMatchObject({
      quantity: 0.134,
      marginMicros: 2_233_333_334,
      pnlMicros: 130_583_000,
    });
    expect(sumOf(reduced.postings)).toBe(0);
    expect(sumOf(closed.postings)).toBe(0);
    // 10,000 + 200 gross - fees 5 - 1.683 - 3.417
    expect(last.account).toMatchObject({ cashMicros: 10_189_900_000, tradeCount: 1, winCount: 1 });
  });

  it('splits a close in two for the same money', () => {
    const { account } = opened({ action: 'SHORT' });
    const half = decide(account, { ...CLOSE, closeFraction: 0.5 }, { price: 49_000 }).account;
    const split = decide(half, CLOSE, { price: 49_000 }).account;
    const whole = decide(account, CLOSE, { price: 49_000 }).account;
    expect(split).toEqual(whole);
  });

  it('closes the whole when less than the least size would be left', () => {
    // Margin 100 on 0.02; 0.6 of it leaves 0.008 and 40.00
    const { account } = opened({ action: 'LONG', size: 100 });
    const { outcome, account: after } = decide(account, { ...CLOSE, closeFraction: 0.6 });
    expect(outcome).toMatchObject({
      code: 'closed',
      notes: ['closed whole: the rest would have been 40.00, below the least size of 50.00'],
    });
    expect(after.positions).toEqual([]);
  });

  it('leaves exactly the least size open', () => {
    const { account } = opened({ action: 'LONG', size: 100 });
    const { outcome, account: after } = decide(account, { ...CLOSE, closeFraction: 0.5 });
    expect(outcome.code).toBe('reduced');
    expect(after.positions[0]).toMatchObject({ quantity: 0.01, marginMicros: 50_000_000 });
  });
});

it('leaves the other positions alone', () => {
  const first = decide(accountOf(), { action: 'LONG', symbol: 'BTCUSDT', size: 500 }, { positionId: 'btc' });
  const both = decide(
    first.account,
    { action: 'SHORT', symbol: 'ETHUSDT', size: 500 },
    { positionId: 'eth' },
  );
  const after = decide(both.account, CLOSE).account;
  expect(after.positions).toEqual([both.account.positions[1]]);
  expect(after.cooldowns).toEqual({ BTCUSDT: 1_000_000 + 1_800_000 });
});
