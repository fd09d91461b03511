import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDecisions } from '../../../../engine/apply-decision.ts';
import type { Decision } from '../../../../engine/model.ts';
import { MICROS_PER_USD } from '../../../../engine/money.ts';
import {
  accountOf,
  closesOf,
  marketOf,
  positionOf,
  turnViewOf,
  VIEW_NOW,
} from '../../../../test/support/turn-view.ts';
import type { MarketView, TurnView } from '../../../provider.ts';
import { seededRandom } from '../seeded-random.ts';
import { STRATEGIES } from './index.ts';

function decide(name: string, view: TurnView, params: unknown = {}): readonly Decision[] {
  const strategy = STRATEGIES.get(name);
  if (!strategy) throw new Error(`no strategy ${name}`);
  return strategy.configure(params)(view, seededRandom(`${view.botName}/${view.turnNo}`));
}

const brief = (decisions: readonly Decision[]) => decisions.map(({ action, symbol }) => [action, symbol]);
const rising = (symbol: string, drift = 0.0004) => marketOf(symbol, closesOf({ drift }));
const falling = (symbol: string, drift = -0.0004) => marketOf(symbol, closesOf({ drift }));
const still = (symbol: string) => marketOf(symbol, closesOf({ swing: 0.0002 }));
const jumped = (symbol: string, jump: number) =>
  marketOf(symbol, [...closesOf({}).slice(0, -2), 100 * (1 + jump / 2), 100 * (1 + jump)]);
const holding = (...positions: ReturnType<typeof positionOf>[]) =>
  accountOf({ cashMicros: 8_000_000_000, positions });

describe('buy-and-hold', () => {
  it('splits 95 % of equity over BTC and ETH at 1x', () => {
    const decisions = decide('buy-and-hold', turnViewOf());
    expect(decisions.map(({ symbol, size, leverage }) => [symbol, size, leverage])).toEqual([
      ['BTCUSDT', 4750, 1],
      ['ETHUSDT', 4750, 1],
    ]);
  });

  it('takes the first symbols where BTC and ETH are not traded', () => {
    const view = turnViewOf({ markets: [still('AAA'), still('BBB'), still('CCC')] });
    expect(brief(decide('buy-and-hold', view))).toEqual([
      ['LONG', 'AAA'],
      ['LONG', 'BBB'],
    ]);
  });

  it('buys back only what is missing, with the cash there is, and never closes', () => {
    const account = accountOf({
      cashMicros: 1_000_000_000,
      positions: [positionOf('BTCUSDT', 'LONG', 60_000)],
    });
    const [decision, ...more] = decide('buy-and-hold', turnViewOf({ account }));
    expect(decision).toMatchObject({ action: 'LONG', symbol: 'ETHUSDT', size: 998.5 });
    expect(more).toEqual([]);
    const both = holding(positionOf('BTCUSDT', 'LONG', 60_000), positionOf('ETHUSDT', 'LONG', 9000));
    expect(brief(decide('buy-and-hold', turnViewOf({ account: both })))).toEqual([['HOLD', undefined]]);
  });
});

describe('momentum', () => {
  it('goes with the widest trends first, long and short, and says the numbers', () => {
    const markets = [still('CALM'), rising('UPUSDT', 0.0003), falling('DOWN', -0.0006)];
    const [first, second, ...more] = decide('momentum', turnViewOf({ markets }));
    expect(first).toMatchObject({ action: 'SHORT', symbol: 'DOWN', size: 1000, leverage: 3 });
    expect(second).toMatchObject({ action: 'LONG', symbol: 'UPUSDT' });
    expect(more).toEqual([]);
    expect(first?.reasoning).toMatch(
      /^DOWN EMA12 100\.\d\d is below EMA26 100\.\d\d \(-0\.\d{3} %\), the widest of 3 symbols: short 3x with 10 % of equity\.$/,
    );
  });

  it('puts stop and target on the right sides', () => {
    const [short, long] = decide(
      'momentum',
      turnViewOf({ markets: [rising('UPUSDT'), falling('DOWN', -0.0006)] }),
    );
    expect(long?.stopLoss).toBeLessThan(100);
    expect(long?.takeProfit).toBeGreaterThan(100);
    expect(short?.stopLoss).toBeGreaterThan(100);
    expect(short?.takeProfit).toBeLessThan(100);
  });

  it('closes on reversal, by symbol, and keeps what still runs', () => {
    const view = turnViewOf({
      markets: [rising('UPUSDT'), rising('WRONG')],
      account: holding(positionOf('UPUSDT', 'LONG', 99), positionOf('WRONG', 'SHORT', 99)),
    });
    const decisions = decide('momentum', view);
    expect(brief(decisions)).toEqual([['CLOSE', 'WRONG']]);
    expect(decisions[0]?.closePositionId).toBeUndefined();
  });

  it('holds and says why when no trend is wide enough', () => {
    const [decision] = decide('momentum', turnViewOf({ markets: [still('CALM')] }));
    expect(decision).toMatchObject({
      action: 'HOLD',
      reasoning: expect.stringMatching(/No trend is wide enough: CALM/),
    });
  });
});

describe('mean-reversion', () => {
  it('buys the fall, sells the rise', () => {
    const markets = [jumped('FELL', -0.02), jumped('ROSE', 0.02), still('CALM')];
    const decisions = decide('mean-reversion', turnViewOf({ markets }));
    expect(new Set(brief(decisions))).toEqual(
      new Set([
        ['LONG', 'FELL'],
        ['SHORT', 'ROSE'],
      ]),
    );
    expect(decisions[0]?.reasoning).toMatch(/band .* and RSI14 \d+\.\d, the furthest stretched of 3 symbols/);
  });

  it('leaves a stretch alone that would not pay its fees', () => {
    const view = turnViewOf({ markets: [jumped('FELL', -0.003)] });
    expect(brief(decide('mean-reversion', view))).toEqual([['HOLD', undefined]]);
    expect(brief(decide('mean-reversion', view, { minReward: 0 }))).toEqual([['LONG', 'FELL']]);
  });

  it('closes once the price is back past the middle', () => {
    const markets = [jumped('FELL', -0.02), jumped('ROSE', 0.02)];
    const account = holding(positionOf('FELL', 'LONG', 99), positionOf('ROSE', 'LONG', 99));
    expect(brief(decide('mean-reversion', turnViewOf({ markets, account })))).toEqual([['CLOSE', 'ROSE']]);
  });
});

describe('breakout', () => {
  it('follows the strongest break out of the channel', () => {
    const markets = [still('CALM'), jumped('ROSE', 0.01), jumped('FELL', -0.02)];
    const decisions = decide('breakout', turnViewOf({ markets }));
    expect(brief(decisions)).toEqual([
      ['SHORT', 'FELL'],
      ['LONG', 'ROSE'],
    ]);
    expect(decisions[0]?.reasoning).toMatch(
      /^FELL at 98\.00 is beyond the 20-candle low .*the strongest break of 3 symbols/,
    );
  });

  it('closes when the price crosses the other side of the exit channel', () => {
    const markets = [jumped('FELL', -0.02), jumped('ROSE', 0.02)];
    const account = holding(positionOf('FELL', 'LONG', 99), positionOf('ROSE', 'LONG', 99));
    expect(brief(decide('breakout', turnViewOf({ markets, account })))).toEqual([['CLOSE', 'FELL']]);
  });
});

describe('volatility-trend', () => {
  it('takes less exposure where the market is wilder', () => {
    const exposure = (swing: number) => {
      const market = marketOf('UPUSDT', closesOf({ drift: 0.0008, swing }));
      const [decision] = decide('volatility-trend', turnViewOf({ markets: [market] }), { minStrength: 0 });
      return (decision?.size ?? 0) * (decision?.leverage ?? 0);
    };
    expect(exposure(0.002)).toBeGreaterThan(exposure(0.006));
    expect(exposure(0.006)).toBeGreaterThan(0);
  });

  it('closes when the trend turned', () => {
    const view = turnViewOf({
      markets: [falling('DOWN')],
      account: holding(positionOf('DOWN', 'LONG', 105)),
    });
    expect(brief(decide('volatility-trend', view))).toEqual([['CLOSE', 'DOWN']]);
  });
});

describe('flat and random', () => {
  it('never and sometimes', () => {
    expect(brief(decide('flat', turnViewOf()))).toEqual([['HOLD', undefined]]);
    const view = turnViewOf({ account: holding(positionOf('BTCUSDT', 'LONG', 59_000)) });
    const always = decide('random', view, { entryChance: 1, exitChance: 1 });
    expect(always.map(({ action }) => action === 'CLOSE')).toEqual([true, false]);
    expect(brief(decide('random', view, { entryChance: 0, exitChance: 0 }))).toEqual([['HOLD', undefined]]);
  });
});

/** Any sane book before any sane market. */
const market = (symbol: string): fc.Arbitrary<MarketView> =>
  fc
    .record({
      start: fc.constantFrom(0.02, 1, 150, 60_000),
      drift: fc.double({ min: -0.002, max: 0.002, noNaN: true }),
      swing: fc.double({ min: 0, max: 0.02, noNaN: true }),
      phase: fc.double({ min: 0, max: 6, noNaN: true }),
      length: fc.integer({ min: 0, max: 200 }),
      isStale: fc.boolean(),
      isConfirmed: fc.boolean(),
    })
    .map(({ length, isStale, isConfirmed, ...shape }) =>
      marketOf(symbol, closesOf(shape).slice(200 - length), { isStale, isConfirmed }),
    )
    .filter(({ quote }) => quote.price > 0);

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
const views = fc
  .record({
    markets: fc.tuple(...SYMBOLS.map(market)),
    held: fc.uniqueArray(fc.constantFrom(...SYMBOLS, 'GONEUSDT'), { maxLength: 3 }),
    side: fc.constantFrom('LONG' as const, 'SHORT' as const),
    cooling: fc.constantFrom(...SYMBOLS),
    cash: fc.constantFrom(0, 10, 49, 60, 500, 10_000),
    turnNo: fc.nat(1000),
    maxOpenPositions: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ markets, held, side, cooling, cash, turnNo, maxOpenPositions }) => {
    const positions = held.map((symbol) => positionOf(symbol, side, 100));
    const base = turnViewOf();
    return turnViewOf({
      turnNo,
      markets,
      account: accountOf({
        cashMicros: cash * MICROS_PER_USD,
        positions,
        cooldowns: { [cooling]: VIEW_NOW + 1 },
      }),
      equityMicros: (cash + held.length * 100) * MICROS_PER_USD,
      rules: { ...base.rules, maxOpenPositions },
    });
  });

function judge(view: TurnView, decisions: readonly Decision[]) {
  const find = (symbol: string) => view.markets.find(({ spec }) => spec.symbol === symbol);
  return applyDecisions(view.account, decisions, {
    rules: { ...view.rules, minSizeMicros: view.rules.minSizeUsd * MICROS_PER_USD, symbols: null },
    isMarketOpen: true,
    spec: (symbol) => find(symbol)?.spec,
    quote: (symbol) => find(symbol)?.quote,
    decisionPrice: (symbol) => find(symbol)?.quote.price,
    positionIds: decisions.map((_, index) => `new-${index}`),
    at: view.now,
  }).results.map(({ outcome }) => outcome);
}

describe('every strategy', () => {
  it.each([...STRATEGIES.keys()])('%s only asks for what the engine grants', (name) => {
    fc.assert(
      fc.property(views, (view) => {
        const decisions = decide(name, view);
        expect(decisions.every(({ reasoning }) => reasoning?.endsWith('.'))).toBe(true);
        expect(judge(view, decisions).filter(({ accepted }) => !accepted)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('describes itself in a sentence', () => {
    for (const { description } of STRATEGIES.values()) expect(description).toMatch(/^[A-Z].*\.$/);
  });
});
