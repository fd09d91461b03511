import { describe, expect, it } from 'vitest';
import type { Account, Decision } from './model.ts';
import { accountOf, decide, opened, type World } from '../test/support/engine-world.ts';

interface Case {
  readonly decision: Decision;
  readonly message: string;
  readonly world?: World;
  readonly account?: Account;
}

const LONG = { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10 } as const;
const SHORT = { ...LONG, action: 'SHORT' } as const;
const CLOSE = { action: 'CLOSE', symbol: 'BTCUSDT' } as const;
const ADJUST = { action: 'ADJUST', symbol: 'BTCUSDT' } as const;
const held = opened({ action: 'LONG' }).account;
const small = opened({ action: 'LONG', size: 100 }).account;
const closed = decide(held, CLOSE, { at: 1_000_000 }).account;

const CASES: Record<string, Case> = {
  'unknown-symbol': {
    decision: { ...LONG, symbol: 'NOPE' },
    message: 'rejected: unknown symbol: this market has no NOPE',
  },
  'symbol-not-allowed': {
    decision: LONG,
    world: { rules: { symbols: ['ETHUSDT'] } },
    message: "rejected: symbol not allowed: BTCUSDT is not on this bot's list",
  },
  'no-price': {
    decision: { ...LONG, symbol: 'NEWUSDT' },
    message: 'rejected: no price: NEWUSDT has no price yet',
  },
  'stale-price': {
    decision: LONG,
    world: { isStale: true },
    message: 'rejected: stale price: the last price of BTCUSDT is too old to trade on',
  },
  'unconfirmed-price': {
    decision: LONG,
    world: { isConfirmed: false },
    message:
      'rejected: unconfirmed price: BTCUSDT has just jumped to 50000; nothing is opened until the next price confirms it',
  },
  'market-closed': {
    decision: LONG,
    world: { isMarketOpen: false },
    message: 'rejected: market closed: the market is closed',
  },
  cooldown: {
    decision: LONG,
    account: closed,
    world: { at: 1_000_000 + 60_000 },
    message: 'rejected: symbol is cooling down: BTCUSDT may be opened again in 29 min',
  },
  'position-open': {
    decision: LONG,
    account: held,
    message: 'rejected: position already open: a LONG on BTCUSDT is open and adding is off',
  },
  'leverage-differs': {
    decision: { ...LONG, leverage: 5 },
    account: held,
    world: { rules: { allowAdding: true } },
    message: 'rejected: leverage differs: the open position has 10x, the decision 5x',
  },
  'too-many-positions': {
    decision: { ...LONG, symbol: 'ETHUSDT' },
    account: held,
    world: { rules: { maxOpenPositions: 1 } },
    message: 'rejected: too many positions: 1 are open, the most allowed',
  },
  'size-too-small': {
    decision: { ...LONG, size: 49.99 },
    message: 'rejected: size too small: 49.99 is below the least size of 50.00',
  },
  'size-below-step': {
    // 50 * 10 / 50,000 = 0.01, less than a step of 0.1
    decision: { ...LONG, size: 50 },
    world: { spec: { stepSize: 0.1 } },
    message: 'rejected: size below one step: 50.00 at 10x buys less than 0.1 BTCUSDT',
  },
  'insufficient-margin': {
    // 250 + 2,500 * 0.0005 = 251.25; 112.4 / 1.005 = 111.8407.. -> 111.84
    decision: { ...LONG, size: 250 },
    account: accountOf(112.4),
    message: 'rejected: insufficient margin: needs 251.25, has 112.40; the largest size that fits is 111.84',
  },
  'wrong-side-stop': {
    decision: { ...LONG, stopLoss: 50_000 },
    message: 'rejected: stop on the wrong side: the stop 50000 of a LONG must be below the price 50000',
  },
  'wrong-side-target': {
    decision: { ...LONG, takeProfit: 50_000 },
    message: 'rejected: target on the wrong side: the target 50000 of a LONG must be above the price 50000',
  },
  'position-not-found': {
    decision: CLOSE,
    message: 'rejected: position not found: no open position on BTCUSDT',
  },
};

describe.each(Object.entries(CASES))('%s', (code, { decision, message, world, account = accountOf() }) => {
  it('says why and leaves the account as it was', () => {
    const result = decide(account, decision, world);
    expect(result.outcome).toEqual({ code, accepted: false, message, notes: [], positionId: null });
    expect(result.events).toEqual([]);
    expect(result.account).toBe(account);
  });
});

describe('the same refusals from another side', () => {
  it.each<[string, Case]>([
    [
      'an opposite signal',
      {
        decision: SHORT,
        account: held,
        world: { rules: { allowAdding: true } },
        message: 'rejected: position already open: close the LONG on BTCUSDT first',
      },
    ],
    [
      'a stop below a short',
      {
        decision: { ...SHORT, stopLoss: 49_000 },
        message: 'rejected: stop on the wrong side: the stop 49000 of a SHORT must be above the price 50000',
      },
    ],
    [
      'a target above a short',
      {
        decision: { ...SHORT, takeProfit: 51_000 },
        message:
          'rejected: target on the wrong side: the target 51000 of a SHORT must be below the price 50000',
      },
    ],
    [
      'a stop between the price and the fill',
      {
        // The fill is at 50,000 * 1.0002 = 50,010
        decision: { ...LONG, stopLoss: 50_010 },
        world: { rules: { slippageBps: 2 } },
        message: 'rejected: stop on the wrong side: the stop 50010 of a LONG must be below the price 50010',
      },
    ],
    [
      'a stop that the tick turns into 0',
      {
        decision: { ...LONG, stopLoss: 0.01 },
        message: 'rejected: stop on the wrong side: the stop 0 of a LONG must be below the price 50000',
      },
    ],
    [
      'an id that is gone',
      {
        decision: { action: 'CLOSE', closePositionId: 'elsewhere' },
        account: held,
        message: 'rejected: position not found: no open position has this id',
      },
    ],
    [
      'a part smaller than a step',
      {
        decision: { ...CLOSE, closeFraction: 0.01 },
        account: small,
        message: 'rejected: size below one step: 0.01 of 0.02 is less than 0.001',
      },
    ],
    [
      'a close at a stale price',
      {
        decision: CLOSE,
        account: held,
        world: { isStale: true },
        message: 'rejected: stale price: the last price of BTCUSDT is too old to trade on',
      },
    ],
    [
      'a close after the market has ended',
      {
        decision: CLOSE,
        account: held,
        world: { isMarketOpen: false },
        message: 'rejected: market closed: the market is closed',
      },
    ],
    [
      'a stop moved to the wrong side',
      {
        decision: { ...ADJUST, stopLoss: 51_000 },
        account: held,
        message: 'rejected: stop on the wrong side: the stop 51000 of a LONG must be below the price 50000',
      },
    ],
  ])('refuses %s', (_, { decision, message, world, account = accountOf() }) => {
    const result = decide(account, decision, world);
    expect(result.outcome.message).toBe(message);
    expect(result.account).toBe(account);
  });
});

describe('invalid-decision', () => {
  const size = 'size must be a positive number of USD';
  const leverage = 'leverage must be a whole number of at least 1';
  const fraction = 'closeFraction must be above 0 and at most 1';
  it.each<[Decision, string]>([
    ...[Number.NaN, Number.POSITIVE_INFINITY, -100, 0, -0, 1e308].map((bad): [Decision, string] => [
      { ...LONG, size: bad },
      size,
    ]),
    ...[Number.NaN, Number.POSITIVE_INFINITY, 0, -5, 0.001, 2.5, 1e308].map((bad): [Decision, string] => [
      { ...LONG, leverage: bad },
      leverage,
    ]),
    ...[Number.NaN, 0, -1, Number.POSITIVE_INFINITY].map((bad): [Decision, string] => [
      { ...LONG, stopLoss: bad },
      'stopLoss must be a positive price',
    ]),
    ...[Number.NaN, 0, -1, 1e12].map((bad): [Decision, string] => [
      { ...LONG, takeProfit: bad },
      'takeProfit must be a positive price',
    ]),
    ...[Number.NaN, 0, -0.5, 1.0001].map((bad): [Decision, string] => [
      { ...CLOSE, closeFraction: bad },
      fraction,
    ]),
    [{ ...LONG, size: '100' as unknown as number }, size],
    [{ ...LONG, leverage: '10' as unknown as number }, leverage],
    [{ action: 'LONG', size: 100 }, 'LONG needs a symbol and a size'],
    [{ action: 'SHORT', symbol: 'BTCUSDT' }, 'SHORT needs a symbol and a size'],
    [{ action: 'CLOSE' }, 'CLOSE needs a position id or a symbol'],
    [{ action: 'ADJUST', stopLoss: 49_000 }, 'ADJUST needs a position id or a symbol'],
    [{ ...ADJUST }, 'ADJUST needs a stopLoss or a takeProfit'],
    [
      { action: 'CLOSE', symbol: 'ETHUSDT', closePositionId: 'p1' },
      'the position is on BTCUSDT, not on ETHUSDT',
    ],
  ])('%j', (decision, why) => {
    const result = decide(held, decision);
    expect(result.outcome).toMatchObject({
      code: 'invalid-decision',
      accepted: false,
      message: `rejected: not a valid decision: ${why}`,
    });
    expect(result.account).toBe(held);
  });
});
