import { describe, expect, it } from 'vitest';
import { accountOf, decide, fillOf, opened, sumOf } from '../test/support/engine-world.ts';

describe('entry', () => {
  it('buys above the price, on the tick above, and rounds fee and margin up', () => {
    // 50,000.3 * 1.0002 = 50,010.30006 -> tick up 50,010.4
    // 1,000 * 3 / 50,010.4 = 0.05998 -> step down 0.059; 0.059 * 50,010.4 = 2,950.6136
    // margin 2,950.6136 / 3 = 983.5378666.. -> 983.537867; fee 2,950.6136 * 0.0005 = 1.4753068 -> 1.475307
    const { account, outcome, events } = decide(
      accountOf(),
      { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 3 },
      { price: 50_000.3, rules: { slippageBps: 2 } },
    );
    const { fill, position, postings, type } = fillOf(events);
    expect(type).toBe('opened');
    expect(fill).toMatchObject({
      kind: 'entry',
      price: 50_010.4,
      quantity: 0.059,
      notionalMicros: 2_950_613_600,
      marginMicros: 983_537_867,
      feeMicros: 1_475_307,
      pnlMicros: -1_475_307,
      costMicros: 2_950_613_600,
      insuranceMicros: 0,
      cause: 'decision',
      decisionPrice: 50_000.3,
    });
    expect(fill.slippage).toBeCloseTo(10.1, 9);
    expect(postings).toEqual([
      { account: 'cash', amountMicros: -985_013_174 },
      { account: 'margin', amountMicros: 983_537_867 },
      { account: 'fees', amountMicros: 1_475_307 },
    ]);
    expect(account.cashMicros).toBe(10_000_000_000 - 985_013_174);
    expect(account.realizedMicros).toBe(-1_475_307);
    expect(account.positions).toEqual([position]);
    expect(outcome).toEqual({
      code: 'opened',
      accepted: true,
      message: 'opened LONG BTCUSDT 3x with 983.54 margin at 50010.4',
      notes: [],
      positionId: 'p1',
    });
  });

  it('sells below the price, on the tick below', () => {
    // 50,000.3 * 0.9998 = 49,990.29994 -> tick down 49,990.2
    const { position } = opened({ action: 'SHORT' }, { price: 50_000.3, rules: { slippageBps: 2 } });
    expect(position.entryPrice).toBe(49_990.2);
  });

  it('keeps a price that is already on the tick', () => {
    // 50,000 * 1.0002 = 50,010.0 exactly, though not in doubles
    expect(opened({ action: 'LONG' }, { rules: { slippageBps: 2 } }).position.entryPrice).toBe(50_010);
  });

  it('takes one step less when rounding would lock more than was asked', () => {
    // 100,000 / 50,000.00001 = 1.9999999996, a double away from 2 steps; 2 of them would lock 100,000.00002
    const { account } = decide(
      accountOf(200_000),
      { action: 'LONG', symbol: 'BTCUSDT', size: 100_000, leverage: 1 },
      { price: 50_000.00001, spec: { tickSize: 0.00001, stepSize: 1 } },
    );
    expect(account.positions[0]).toMatchObject({ quantity: 1, marginMicros: 50_000_000_010 });
  });

  it('has leverage 1 unless told', () => {
    expect(opened({ action: 'LONG', leverage: undefined }).position).toMatchObject({
      leverage: 1,
      quantity: 0.02,
      marginMicros: 1_000_000_000,
    });
  });

  it('lowers leverage above the cap, with a note', () => {
    const { account, outcome } = decide(accountOf(), {
      action: 'LONG',
      symbol: 'BTCUSDT',
      size: 100,
      leverage: 200,
    });
    // 100 * 125 / 50,000 = 0.25
    expect(account.positions[0]).toMatchObject({ leverage: 125, quantity: 0.25, marginMicros: 100_000_000 });
    expect(outcome.notes).toEqual(['leverage lowered from 200 to 125, the most BTCUSDT allows']);
  });

  it('puts stop and target on the tick, with notes', () => {
    const { account, outcome } = decide(accountOf(), {
      action: 'LONG',
      symbol: 'BTCUSDT',
      size: 100,
      stopLoss: 49_000.04,
      takeProfit: 51_000.06,
    });
    expect(account.positions[0]).toMatchObject({ stopLoss: 49_000, takeProfit: 51_000.1 });
    expect(outcome.notes).toEqual([
      'stop 49000.04 set to the tick 49000',
      'target 51000.06 set to the tick 51000.1',
    ]);
  });

  it('fits the largest size its refusal names', () => {
    // 10x: 100 + 1,000 * 0.0005 = 100.50; 100 / 1.005 = 99.50248.. -> 99.50
    const order = { action: 'LONG', symbol: 'BTCUSDT', leverage: 10 } as const;
    expect(decide(accountOf(100), { ...order, size: 100 }).outcome.message).toBe(
      'rejected: insufficient margin: needs 100.50, has 100.00; the largest size that fits is 99.50',
    );
    expect(decide(accountOf(100), { ...order, size: 99.5 }).outcome.code).toBe('opened');
  });

  it('refuses sizes beyond counting without counting them', () => {
    // 999,999,999,999 * 3 / 0.00001234 is 2.4e18 steps of 0.1: past 2^53 "one less" is the same number.
    const { outcome } = decide(
      accountOf(),
      { action: 'LONG', symbol: 'BTCUSDT', size: 999_999_999_999, leverage: 3 },
      { price: 0.000_012_34, spec: { tickSize: 1e-8, stepSize: 0.1 } },
    );
    // fee on 2,999,999,999,997: 1,499,999,999.9985; largest 10,000 / 1.0015 = 9,985.0224.. -> 9,985.02
    expect(outcome.message).toBe(
      'rejected: insufficient margin: needs 1,001,499,999,999.00, has 10,000.00; the largest size that fits is 9,985.02',
    );
  });
});

describe('adding', () => {
  it('joins cost, margin and entry price, and moves the levels it names', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 48_000, takeProfit: 60_000 });
    // 1,020 * 10 / 51,000 = 0.2 -> 10,200; cost 20,200 / 0.4 = 50,500; margin 1,000 + 1,020
    // liquidation (20,200 - 2,020) / (0.4 * 0.995) = 45,678.39.. -> 45,678.3; fee 10,200 * 0.0005 = 5.10
    const added = decide(
      account,
      { action: 'LONG', symbol: 'BTCUSDT', size: 1020, leverage: 10, stopLoss: 49_000 },
      { price: 51_000, rules: { allowAdding: true }, positionId: 'p2', at: 2_000_000 },
    );
    const { type, postings, position } = fillOf(added.events);
    expect(type).toBe('increased');
    expect(sumOf(postings)).toBe(0);
    expect(added.account.positions).toEqual([position]);
    expect(position).toMatchObject({
      id: 'p1',
      quantity: 0.4,
      entryQuantity: 0.4,
      entryPrice: 50_500,
      costMicros: 20_200_000_000,
      marginMicros: 2_020_000_000,
      initialMarginMicros: 2_020_000_000,
      liquidationPrice: 45_678.3,
      stopLoss: 49_000,
      takeProfit: 60_000,
      feesMicros: 10_100_000,
      openedAt: 1_000_000,
      levelsSetAt: 2_000_000,
    });
    expect(added.account.cashMicros).toBe(10_000_000_000 - 2_020_000_000 - 10_100_000);
    expect(added.outcome.message).toBe('increased LONG BTCUSDT 10x with 1,020.00 margin at 51000');
  });

  it("keeps the position's leverage unless told", () => {
    const { account } = opened({ action: 'LONG' });
    const order = { action: 'LONG', symbol: 'BTCUSDT', size: 1000 } as const;
    const added = decide(account, order, { rules: { allowAdding: true } });
    expect(added.outcome.code).toBe('increased');
    expect(added.account.positions[0]).toMatchObject({ leverage: 10, quantity: 0.4 });
  });

  it('is counted once when the whole is closed', () => {
    const { account } = opened({ action: 'LONG' });
    const order = { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10 } as const;
    const added = decide(account, order, { rules: { allowAdding: true } });
    const closed = decide(added.account, { action: 'CLOSE', symbol: 'BTCUSDT' });
    expect(closed.account).toMatchObject({ tradeCount: 1, winCount: 0, positions: [] });
    // Fills of 10,000, 10,000 and 20,000 at 5 bps and no price change: 5 + 5 + 10.
    expect(closed.account.cashMicros).toBe(10_000_000_000 - 20_000_000);
  });
});
