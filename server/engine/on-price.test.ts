import { describe, expect, it } from 'vitest';
import type { Account, Tick } from './model.ts';
import { onPrice } from './on-price.ts';
import { BTC, fillOf, opened, RULES, sumOf } from '../test/support/engine-world.ts';

// 0.2 at 50,000 with 10x: cost 10,000, margin 1,000, cash 8,995. Liquidation of the long at
// (10,000 - 1,000) / (0.2 * 0.995) = 45,226.13.. -> 45,226.1, of the short at 11,000 / (0.2 * 1.005) = 54,726.36.. -> 54,726.4
const LATER = 2_000_000;

function jump(price: number, at = LATER): Tick {
  return { symbol: 'BTCUSDT', price, at, path: 'jump' };
}

function through(price: number, candle?: { low: number; high: number }): Tick {
  return { symbol: 'BTCUSDT', price, at: LATER, path: 'through', candle };
}

function exitAt(account: Account, tick: Tick, slippageBps = 0) {
  const result = onPrice(account, tick, { spec: BTC, rules: { ...RULES, slippageBps } });
  return { ...fillOf(result.events), account: result.account };
}

/** True when the price leaves the very same account and nothing to write. */
function isUntouched(account: Account, tick: Tick): boolean {
  const result = onPrice(account, tick, { spec: BTC, rules: RULES });
  return result.account === account && result.events.length === 0;
}

describe('liquidation', () => {
  it.each([
    ['LONG', 45_226.1, 45_226.2],
    ['SHORT', 54_726.4, 54_726.3],
  ] as const)('of a %s stands at %d', (action, level, before) => {
    const { account, position } = opened({ action });
    expect(position.liquidationPrice).toBe(level);
    expect(isUntouched(account, through(before))).toBe(true);
    expect(exitAt(account, through(level)).fill).toMatchObject({ cause: 'liquidation', price: level });
  });

  it('returns what is left of the margin', () => {
    // 0.2 * 45,226.1 = 9,045.22; gross -954.78; fee 4.52261; returned 1,000 - 954.78 - 4.52261 = 40.69739
    const { account } = opened({ action: 'LONG' });
    const { fill, postings, account: after } = exitAt(account, through(45_000));
    expect(fill).toMatchObject({
      price: 45_226.1,
      pnlMicros: -959_302_610,
      insuranceMicros: 0,
      slippage: 0,
      decisionPrice: 45_226.1,
    });
    expect(sumOf(postings)).toBe(0);
    expect(after.cashMicros).toBe(8_995_000_000 + 40_697_390);
  });

  it.each([
    // long: gross -2,000; fee 8,000 * 0.0005 = 4; insurance 4 + 2,000 - 1,000
    { action: 'LONG', price: 40_000, loss: 2000, fee: 4 },
    // short: gross -4,000; fee 14,000 * 0.0005 = 7; insurance 7 + 4,000 - 1,000
    { action: 'SHORT', price: 70_000, loss: 4000, fee: 7 },
  ] as const)(
    'of a $action beyond its margin is paid by insurance, never by cash',
    ({ action, price, loss, fee }) => {
      const { account } = opened({ action });
      const { fill, postings, account: after, position } = exitAt(account, jump(price));
      const insurance = (fee + loss - 1000) * 1_000_000;
      expect(fill).toMatchObject({ price, pnlMicros: -1_000_000_000, insuranceMicros: insurance });
      expect(postings).toEqual([
        { account: 'margin', amountMicros: -1_000_000_000 },
        { account: 'market', amountMicros: loss * 1_000_000 },
        { account: 'fees', amountMicros: fee * 1_000_000 },
        { account: 'insurance', amountMicros: -insurance },
      ]);
      expect(position.insuranceMicros).toBe(insurance);
      expect(after).toMatchObject({ cashMicros: 8_995_000_000, realizedMicros: -1_005_000_000 });
    },
  );

  it('never comes to a long without leverage', () => {
    const { account, position } = opened({ action: 'LONG', leverage: 1 });
    expect(position.liquidationPrice).toBeNull();
    expect(isUntouched(account, jump(0.1))).toBe(true);
  });
});

describe('stop', () => {
  it.each([
    // The worse of both, then 2 bps: 48,000 * 0.9998 = 47,990.4 and 52,000 * 1.0002 = 52,010.4
    { action: 'LONG', stopLoss: 49_000, tick: jump(48_000), price: 47_990.4, slippage: 9.6 },
    { action: 'SHORT', stopLoss: 51_000, tick: jump(52_000), price: 52_010.4, slippage: 10.4 },
    // Its level, then 2 bps: 49,000 * 0.9998 = 48,990.2 and 51,000 * 1.0002 = 51,010.2
    { action: 'LONG', stopLoss: 49_000, tick: through(48_000), price: 48_990.2, slippage: 9.8 },
    { action: 'SHORT', stopLoss: 51_000, tick: through(52_000), price: 51_010.2, slippage: 10.2 },
    { action: 'LONG', stopLoss: 49_000, tick: jump(49_000), price: 48_990.2, slippage: 9.8 },
  ] as const)(
    'of a $action at $stopLoss on $tick.path to $tick.price fills at $price',
    ({ action, stopLoss, tick, price, slippage }) => {
      const { fill } = exitAt(opened({ action, stopLoss }).account, tick, 2);
      expect(fill).toMatchObject({ cause: 'stop-loss', price, decisionPrice: stopLoss });
      expect(fill.slippage).toBeCloseTo(slippage, 9);
    },
  );

  it('waits for its price', () => {
    expect(isUntouched(opened({ action: 'LONG', stopLoss: 49_000 }).account, jump(49_000.1))).toBe(true);
    expect(isUntouched(opened({ action: 'SHORT', stopLoss: 51_000 }).account, jump(50_999.9))).toBe(true);
  });

  it('is met before the liquidation price on a path, and lost to it in a jump', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 46_000 });
    expect(exitAt(account, through(45_000)).fill).toMatchObject({ cause: 'stop-loss', price: 46_000 });
    expect(exitAt(account, jump(45_000)).fill).toMatchObject({ cause: 'liquidation', price: 45_000 });
  });

  it('beyond the liquidation price comes too late', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 45_000 });
    expect(exitAt(account, through(44_000)).fill).toMatchObject({ cause: 'liquidation', price: 45_226.1 });
  });
});

describe('target', () => {
  it.each([
    ['LONG', 51_000, jump(60_000)],
    ['SHORT', 49_000, jump(40_000)],
    ['LONG', 51_000, through(51_000)],
    ['SHORT', 49_000, through(49_000)],
  ] as const)('of a %s fills at %d without slippage, on %o', (action, takeProfit, tick) => {
    const { fill } = exitAt(opened({ action, takeProfit }).account, tick, 2);
    expect(fill).toMatchObject({ cause: 'take-profit', price: takeProfit, slippage: 0 });
  });

  it('waits for its price', () => {
    expect(isUntouched(opened({ action: 'LONG', takeProfit: 51_000 }).account, jump(50_999.9))).toBe(true);
  });

  it.each([
    {
      action: 'LONG',
      stopLoss: 49_000,
      takeProfit: 51_000,
      tick: through(51_500, { low: 48_900, high: 51_500 }),
    },
    {
      action: 'SHORT',
      stopLoss: 51_000,
      takeProfit: 49_000,
      tick: through(48_500, { low: 48_500, high: 51_000 }),
    },
  ] as const)(
    'of a $action comes after the stop inside one candle',
    ({ action, stopLoss, takeProfit, tick }) => {
      const { account } = opened({ action, stopLoss, takeProfit });
      expect(exitAt(account, tick).fill).toMatchObject({ cause: 'stop-loss', price: stopLoss });
    },
  );

  it('comes after a liquidation inside one candle', () => {
    const { account } = opened({ action: 'LONG', takeProfit: 51_000 });
    const tick = through(51_500, { low: 45_000, high: 51_500 });
    expect(exitAt(account, tick).fill).toMatchObject({ cause: 'liquidation', price: 45_226.1 });
  });

  it('stands when the candle leaves the stop alone', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 49_000, takeProfit: 51_000 });
    const tick = through(51_500, { low: 49_000.1, high: 51_500 });
    expect(exitAt(account, tick).fill).toMatchObject({ cause: 'take-profit', price: 51_000 });
  });

  it('is met by the open that jumps over it, whatever the candle does later', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 49_000, takeProfit: 51_000 });
    const open: Tick = { ...jump(52_000), candle: { low: 48_000, high: 52_000 } };
    expect(exitAt(account, open).fill).toMatchObject({ cause: 'take-profit', price: 51_000 });
  });
});

describe('what a price does not touch', () => {
  it('is a position whose levels are younger or as old', () => {
    const { account, position } = opened({ action: 'LONG', stopLoss: 49_000, takeProfit: 51_000 });
    for (const at of [position.levelsSetAt - 1, position.levelsSetAt])
      for (const price of [40_000, 48_000, 52_000]) expect(isUntouched(account, jump(price, at))).toBe(true);
    expect(exitAt(account, jump(48_000, position.levelsSetAt + 1)).fill.cause).toBe('stop-loss');
  });

  it('is a position on another symbol', () => {
    expect(isUntouched(opened({ action: 'LONG' }).account, { ...jump(1), symbol: 'ETHUSDT' })).toBe(true);
  });
});
