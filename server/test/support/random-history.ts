import * as fc from 'fast-check';
import type { Rules, SymbolSpec } from '../../engine/model.ts';

/** Markets with ticks and steps that doubles do not like. A position is never born liquidated: m * maxLeverage < 1. */
export const MARKETS: readonly { readonly spec: SymbolSpec; readonly price: number }[] = [
  { spec: specOf('AUSDT', [0.1, 0.001, 125, 0.005]), price: 50_000 },
  { spec: specOf('BUSDT', [0.01, 0.01, 50, 0.01]), price: 2500 },
  { spec: specOf('CUSDT', [0.00001, 1, 75, 0.0065]), price: 0.51337 },
  { spec: specOf('DUSDT', [0.5, 0.25, 20, 0.025]), price: 37.5 },
  { spec: specOf('EUSDT', [0.025, 10, 3, 0.05]), price: 1.2 },
  { spec: specOf('FUSDT', [5, 0.00001, 1, 0]), price: 100_000 },
  { spec: specOf('GUSDT', [1e-7, 1000, 50, 0.01]), price: 0.0001234 },
];

function specOf(symbol: string, terms: readonly [number, number, number, number]): SymbolSpec {
  const [tickSize, stepSize, maxLeverage, maintenanceRate] = terms;
  return { symbol, tickSize, stepSize, maxLeverage, maintenanceRate };
}

export interface Setting {
  readonly rules: Rules;
  readonly depositMicros: number;
  /** Indexes into MARKETS: what this arena trades. */
  readonly markets: readonly number[];
}

/** A decision before prices and ids are known. Stops and targets are ticks from the price, above 0 on the right side. */
export interface Draft {
  readonly action: 'LONG' | 'SHORT' | 'CLOSE' | 'ADJUST' | 'HOLD';
  /** Which of the setting's symbols; past the end names one that does not exist. */
  readonly symbol: number | undefined;
  readonly size: number | undefined;
  readonly leverage: number | undefined;
  readonly stop: number | null | undefined;
  readonly target: number | null | undefined;
  readonly closeFraction: number | undefined;
  /** Which open position to name by id; past the end names one that is not there. */
  readonly position: number | undefined;
}

export type Step = { readonly dt: number } & (
  | { readonly type: 'wait' }
  | {
      readonly type: 'turn';
      readonly drafts: readonly Draft[];
      readonly trouble: 'none' | 'stale' | 'unconfirmed' | 'no-price' | 'closed';
    }
  | {
      readonly type: 'tick';
      readonly symbol: number;
      readonly move: number;
      readonly path: 'jump' | 'through';
    }
  | {
      readonly type: 'candle';
      readonly symbol: number;
      readonly moves: readonly [number, number, number, number];
    }
  | { readonly type: 'funding'; readonly symbol: number; readonly rate: number }
);

const symbolIndex = fc.nat({ max: 2 });

const settingArb: fc.Arbitrary<Setting> = fc.record({
  rules: fc.record({
    takerFeeBps: fc.constantFrom(0, 2.5, 5, 7.25, 10),
    slippageBps: fc.constantFrom(0, 2, 2.5, 15),
    minSizeMicros: fc.constantFrom(50_000_000, 1_000_000),
    cooldownMs: fc.constantFrom(0, 60_000, 1_800_000),
    allowAdding: fc.boolean(),
    maxOpenPositions: fc.constantFrom(10, 2, 1),
    symbols: fc.constantFrom(
      null,
      null,
      MARKETS.slice(0, 5).map(({ spec }) => spec.symbol),
    ),
  }),
  depositMicros: fc.constantFrom(10_000_000_000, 137_310_007, 1_000_000_000_000),
  markets: fc.uniqueArray(fc.nat({ max: MARKETS.length - 1 }), { minLength: 3, maxLength: 3 }),
});

const moveArb = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -0.02, max: 0.02, noNaN: true }) },
  { weight: 3, arbitrary: fc.double({ min: -0.2, max: 0.2, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: -0.7, max: 0.9, noNaN: true }) },
);

const sizeArb = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 300_000 }).map((cents) => cents / 100) },
  { weight: 10, arbitrary: fc.constantFrom(50, 1000, 49.999999, 137, 100.12345678) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, Number.NaN, -5, 0, Infinity, 1e13) },
);

const leverageArb = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 150 }) },
  { weight: 20, arbitrary: fc.constantFrom(1, 10) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 0, 1.5, -3, 1e9, Number.NaN) },
);

/** Ticks from the price, above 0 on the right side; a quarter tick is moved to the nearest one. */
const levelArb = fc.oneof(
  { weight: 20, arbitrary: fc.constant(undefined) },
  { weight: 15, arbitrary: fc.integer({ min: -100, max: 3000 }) },
  { weight: 15, arbitrary: fc.integer({ min: -10, max: 60 }).map((ticks) => ticks + 0.25) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

const draftArb: fc.Arbitrary<Draft> = fc.record({
  action: fc.constantFrom('LONG', 'SHORT', 'CLOSE', 'LONG', 'SHORT', 'ADJUST', 'HOLD'),
  symbol: fc.oneof(
    { weight: 12, arbitrary: symbolIndex },
    { weight: 1, arbitrary: fc.constantFrom(undefined, 3) },
  ),
  size: sizeArb,
  leverage: leverageArb,
  stop: levelArb,
  target: levelArb,
  closeFraction: fc.oneof(
    { weight: 15, arbitrary: fc.constant(undefined) },
    { weight: 20, arbitrary: fc.constantFrom(0.5, 0.1, 1 / 3, 0.999, 1, 1e-9) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1.01, -0.5, Number.NaN) },
  ),
  position: fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 2 }) },
  ),
});

const dt = fc.constantFrom(1000, 0, 1, 60_000, 1_200_000);

const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), dt }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('turn' as const),
      dt,
      drafts: fc.array(draftArb, { minLength: 1, maxLength: 3 }),
      trouble: fc.oneof(
        { weight: 14, arbitrary: fc.constant('none' as const) },
        { weight: 1, arbitrary: fc.constantFrom('stale', 'unconfirmed', 'no-price', 'closed') },
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('tick' as const),
      dt,
      symbol: symbolIndex,
      move: moveArb,
      path: fc.constantFrom('jump', 'through'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('candle' as const),
      dt,
      symbol: symbolIndex,
      // A candle opens near the last close, so that its levels are met inside it.
      moves: fc.tuple(
        moveArb.map((move) => move / 50),
        moveArb,
        moveArb,
        moveArb,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('funding' as const),
      dt,
      symbol: symbolIndex,
      rate: fc.constantFrom(0.0001, -0.0001, 0.00025, -0.003, 0.0007, 0.02, -0.5, 0.5, 0),
    }),
  },
);

/** `steps` steps of one bot's life; a failing one shrinks towards waiting. */
export function historyArb(steps: number): fc.Arbitrary<{ setting: Setting; steps: Step[] }> {
  return fc.record({
    setting: settingArb,
    steps: fc.array(stepArb, { minLength: steps, maxLength: steps, size: 'max' }),
  });
}
