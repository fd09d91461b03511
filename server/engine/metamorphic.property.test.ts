import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../test/support/history-run.ts';
import { MARKETS } from '../test/support/random-history.ts';
import { openAccount } from './account.ts';
import { applyDecisions } from './apply-decision.ts';
import { enter, exit } from './fills.ts';
import type { Account, Decision, Rules, Side, SymbolSpec } from './model.ts';
import { fromGridSteps, marginMicrosFor, notionalMicros } from './money.ts';

const RULES: Rules = {
  takerFeeBps: 5,
  slippageBps: 2,
  minSizeMicros: 1_000_000,
  cooldownMs: 0,
  allowAdding: true,
  maxOpenPositions: 10,
  symbols: null,
};

const { account: RICH } = deepFreeze(openAccount(1e15));

interface Lot {
  readonly spec: SymbolSpec;
  readonly price: number;
  readonly side: Side;
  readonly leverage: number;
  /** Two parts of one fill, in steps. */
  readonly parts: readonly [number, number];
}

const lotArb: fc.Arbitrary<Lot> = fc
  .record({
    market: fc.constantFrom(...MARKETS),
    side: fc.constantFrom<Side>('LONG', 'SHORT'),
    leverage: fc.integer({ min: 1, max: 125 }),
    parts: fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 })),
  })
  .map(({ market, ...lot }) => ({ ...lot, spec: market.spec, price: market.price }));

function buy(account: Account, lot: Lot, steps: number): Account {
  const quantity = fromGridSteps(steps, lot.spec.stepSize);
  return enter(
    account,
    {
      positionId: 'p',
      spec: lot.spec,
      side: lot.side,
      quantity,
      price: lot.price,
      leverage: lot.leverage,
      marginMicros: marginMicrosFor(notionalMicros(quantity, lot.price), lot.leverage),
      stopLoss: null,
      takeProfit: null,
      decisionPrice: lot.price,
      slippage: 0,
      at: 1,
    },
    RULES,
  ).account;
}

function sell(account: Account, lot: Lot, order: { steps: number; price: number }) {
  const [position] = account.positions;
  if (!position) throw new Error('nothing is open');
  return exit(
    account,
    {
      position,
      spec: lot.spec,
      quantity: fromGridSteps(order.steps, lot.spec.stepSize),
      price: order.price,
      cause: 'manual',
      decisionPrice: order.price,
      slippage: 0,
      at: 2,
    },
    RULES,
  );
}

const distance = (a: number, b: number) => Math.abs(a - b);

describe('splitting a fill in two changes nothing but rounding', () => {
  it('of an entry: a micro of margin, cost and fee each', () => {
    const splits = fc.property(lotArb, (lot) => {
      const [a, b] = lot.parts;
      const [whole] = buy(RICH, lot, a + b).positions;
      const [halves] = buy(buy(RICH, lot, a), lot, b).positions;
      expect(halves?.quantity).toBe(whole?.quantity);
      expect(distance(halves?.costMicros ?? 0, whole?.costMicros ?? 0)).toBeLessThanOrEqual(1);
      expect(distance(halves?.marginMicros ?? 0, whole?.marginMicros ?? 0)).toBeLessThanOrEqual(2);
      expect(distance(halves?.feesMicros ?? 0, whole?.feesMicros ?? 0)).toBeLessThanOrEqual(2);
    });
    fc.assert(splits, { seed: 42, numRuns: 2000 });
  });

  it('of an exit: a micro of notional and of fee, and nothing is left behind', () => {
    const splits = fc.property(lotArb, fc.integer({ min: -3, max: 3 }), (lot, move) => {
      const [a, b] = lot.parts;
      // Within the margin, so that insurance has no part in it.
      const price = fromGridSteps(Math.round(lot.price / lot.spec.tickSize) + move, lot.spec.tickSize);
      const held = buy(RICH, lot, a + b);
      const whole = sell(held, lot, { steps: a + b, price });
      const halves = sell(sell(held, lot, { steps: a, price }).account, lot, { steps: b, price });
      fc.pre(whole.account.cashMicros > held.cashMicros);
      expect(halves.account.positions).toEqual([]);
      expect(halves.event).toMatchObject({ position: { marginMicros: 0, costMicros: 0, quantity: 0 } });
      expect(distance(halves.account.cashMicros, whole.account.cashMicros)).toBeLessThanOrEqual(3);
      expect(halves.account.tradeCount).toBe(1);
    });
    fc.assert(splits, { seed: 42, numRuns: 2000 });
  });
});

describe('decisions', () => {
  const [a, b] = MARKETS;
  const specs = new Map([a, b].flatMap((market) => (market ? [[market.spec.symbol, market] as const] : [])));
  const answer = (account: Account, decisions: readonly Decision[], ids: readonly string[]) =>
    applyDecisions(account, decisions, {
      rules: RULES,
      isMarketOpen: true,
      spec: (symbol) => specs.get(symbol)?.spec,
      quote: (symbol) => {
        const price = specs.get(symbol)?.price;
        return price === undefined ? undefined : { symbol, price, at: 1, isStale: false, isConfirmed: true };
      },
      decisionPrice: () => undefined,
      positionIds: ids,
      at: 1,
    });
  const openArb = (symbol: string): fc.Arbitrary<Decision> =>
    fc.record({
      action: fc.constantFrom<Side>('LONG', 'SHORT'),
      symbol: fc.constant(symbol),
      size: fc.integer({ min: 10_000, max: 400_000 }).map((cents) => cents / 100),
      leverage: fc.integer({ min: 1, max: 50 }),
    });

  it('on two symbols may come in either order', () => {
    const account = deepFreeze(openAccount(10_000_000_000).account);
    const orders = fc.property(openArb('AUSDT'), openArb('BUSDT'), (first, second) => {
      const one = answer(account, [first, second], ['a', 'b']);
      const other = answer(account, [second, first], ['b', 'a']);
      expect(one.results.map(({ outcome }) => outcome)).toEqual(
        other.results.map(({ outcome }) => outcome).toReversed(),
      );
      expect(other.account).toEqual({ ...one.account, positions: one.account.positions.toReversed() });
    });
    fc.assert(orders, { seed: 42, numRuns: 500 });
  });

  it('are judged alike in one answer and one by one', () => {
    const account = deepFreeze(openAccount(2_000_000_000).account);
    const ways = fc.property(openArb('AUSDT'), openArb('BUSDT'), (first, second) => {
      const together = answer(account, [first, second], ['a', 'b']);
      const alone = answer(account, [first], ['a']);
      const then = answer(alone.account, [second], ['b']);
      expect(together.account).toEqual(then.account);
      expect(together.results).toEqual([...alone.results, ...then.results]);
    });
    fc.assert(ways, { seed: 42, numRuns: 500 });
  });
});
