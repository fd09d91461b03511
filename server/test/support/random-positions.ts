import * as fc from 'fast-check';
import type { Position } from '../../engine/model.ts';

// Few prices often, so that some fall exactly on a level.
const price = fc
  .oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20_000_000 }))
  .map((cents) => cents / 100);
const level = fc.option(price, { freq: 2 });
const micros = fc.integer({ min: 0, max: 1e12 });
const signedMicros = fc.integer({ min: -1e12, max: 1e12 });
const time = fc.integer({ min: 0, max: 2e12 });

/** A price with two decimals. */
export const randomPrice = price;

/** Positions of any shape on the symbols; their numbers need not fit each other. */
export function randomPosition(symbols: readonly string[]): fc.Arbitrary<Position> {
  return fc
    .record({
      id: fc.uuid(),
      symbol: fc.constantFrom(...symbols),
      side: fc.constantFrom('LONG' as const, 'SHORT' as const),
      quantity: fc.integer({ min: 1, max: 1_000_000 }).map((steps) => steps / 1000),
      entryPrice: price,
      marginMicros: micros,
      initialMarginMicros: micros,
      leverage: fc.integer({ min: 1, max: 125 }),
      stopLoss: level,
      takeProfit: level,
      liquidationPrice: level,
      openedAt: time,
      feesMicros: micros,
      realizedMicros: signedMicros,
      fundingMicros: signedMicros,
      lastFundingAt: fc.option(time),
      insuranceMicros: micros,
    })
    .map((drawn) => ({
      ...drawn,
      entryQuantity: drawn.quantity,
      costMicros: Math.round(drawn.quantity * drawn.entryPrice * 1e6),
      maintenanceRate: 0.005,
      levelsSetAt: drawn.openedAt,
    }));
}
