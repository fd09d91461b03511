import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { markToMarket } from '../engine/mark.ts';
import type { Position, SymbolSpec, Tick } from '../engine/model.ts';
import { onPrice } from '../engine/on-price.ts';
import { accountOf, BTC, RULES } from '../test/support/engine-world.ts';
import { randomPosition, randomPrice } from '../test/support/random-positions.ts';
import { MarkIndex } from './mark-index.ts';

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT'];
const BOTS = ['one', 'two', 'three', 'four'];

const position = randomPosition(SYMBOLS);
const step = fc.oneof(
  fc.record({
    bot: fc.constantFrom(...BOTS),
    positions: fc.uniqueArray(position, { maxLength: 40, selector: ({ id }) => id }),
  }),
  fc.record({ symbol: fc.constantFrom(...SYMBOLS), price: randomPrice }),
);

function isExitDue(positions: readonly Position[], tick: Tick): boolean {
  const spec: SymbolSpec = { ...BTC, symbol: tick.symbol, tickSize: 0.01 };
  return onPrice({ ...accountOf(), positions }, tick, { spec, rules: RULES }).events.length > 0;
}

it('marks as markToMarket does, and finds exactly the bots the engine has an exit for', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const index = new MarkIndex();
      const held = new Map<string, readonly Position[]>();
      const prices = new Map<string, number>();
      const missed: string[] = [];
      for (const next of steps) {
        if ('bot' in next) {
          held.set(next.bot, next.positions);
          index.setPositions(next.bot, next.positions);
        } else {
          prices.set(next.symbol, next.price);
          const hits = new Set(index.apply(next.symbol, next.price));
          const tick = { ...next, at: Number.MAX_SAFE_INTEGER, path: 'jump' } as const;
          const due = BOTS.filter((bot) => isExitDue(held.get(bot) ?? [], tick));
          missed.push(...new Set(due).symmetricDifference(hits));
        }
        for (const bot of BOTS) {
          const account = { ...accountOf(), positions: held.get(bot) ?? [] };
          const { unrealizedMicros } = markToMarket(account, (symbol) => prices.get(symbol));
          expect(index.unrealizedMicros(bot)).toBe(unrealizedMicros);
        }
      }
      expect(missed).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

it('keeps the others when positions leave the middle of a symbol', () => {
  const index = new MarkIndex();
  const [sample] = fc.sample(position, 1);
  if (!sample) throw new Error('nothing drawn');
  const long: Position = {
    ...sample,
    symbol: 'AUSDT',
    side: 'LONG',
    quantity: 1,
    costMicros: 100_000_000,
    stopLoss: 90,
    takeProfit: null,
    liquidationPrice: null,
  };
  const bots = Array.from({ length: 100 }, (_, no) => `bot-${no}`);
  for (const bot of bots) index.setPositions(bot, [{ ...long, id: bot }]);
  for (const [no, bot] of bots.entries()) if (no % 3 === 0) index.setPositions(bot, []);
  index.apply('AUSDT', 101);
  expect(bots.map((bot) => index.unrealizedMicros(bot))).toEqual(
    bots.map((_, no) => (no % 3 === 0 ? 0 : 1_000_000)),
  );
  expect(index.apply('AUSDT', 90)).toHaveLength(66);
  expect(index.unrealizedMicros('nobody')).toBe(0);
});
