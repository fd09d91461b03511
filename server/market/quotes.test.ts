import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SymbolSpec, Tick } from '../engine/model.ts';
import { Quotes } from './quotes.ts';

const specOf = (symbol: string): SymbolSpec => ({
  symbol,
  tickSize: 0.01,
  stepSize: 0.01,
  maxLeverage: 50,
  maintenanceRate: 0.005,
});

const book = (intervalMs = 1000): Quotes =>
  new Quotes({ symbols: [specOf('AUSDT'), specOf('BUSDT')], intervalMs });

const jump = (price: number, at: number, symbol = 'AUSDT'): Tick => ({ symbol, price, at, path: 'jump' });

function tell(quotes: Quotes, ...ticks: readonly Tick[]) {
  return ticks.map((tick) => quotes.apply({ at: tick.at, ticks: [tick] }));
}

describe('quotes', () => {
  it.each([
    [0, 'out-of-range'],
    [-1, 'out-of-range'],
    [1e12, 'out-of-range'],
    [Number.NaN, 'not-a-price'],
    [Infinity, 'not-a-price'],
  ])('refuse the price %d and keep the last good one', (price, reason) => {
    const quotes = book();
    tell(quotes, jump(100, 1000));
    const tick = jump(price, 2000);
    expect(quotes.apply({ at: 2000, ticks: [tick] })).toEqual({ accepted: [], refused: [{ tick, reason }] });
    expect(quotes.get('AUSDT', 2000)).toMatchObject({ price: 100, at: 1000 });
  });

  it('refuse unknown symbols and times out of order, each tick on its own', () => {
    const quotes = book();
    tell(quotes, jump(100, 5000));
    const ticks = [jump(101, 4000), jump(1, 6000, 'CUSDT'), jump(50, 6000, 'BUSDT'), jump(102, 9000)];
    const { accepted, refused } = quotes.apply({ at: 6000, ticks });
    expect(accepted).toEqual([ticks[2]]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      'out-of-order',
      'unknown-symbol',
      'from-the-future',
    ]);
  });

  it('are stale after ten seconds, or two intervals where those are longer', () => {
    const [fast, slow] = [book(1000), book(60_000)];
    tell(fast, jump(100, 0));
    tell(slow, jump(100, 0));
    expect(fast.get('AUSDT', 10_000)?.isStale).toBe(false);
    expect(fast.get('AUSDT', 10_001)?.isStale).toBe(true);
    expect(slow.get('AUSDT', 120_000)?.isStale).toBe(false);
    expect(slow.get('AUSDT', 120_001)?.isStale).toBe(true);
    expect(fast.get('BUSDT', 0)).toBeUndefined();
  });

  it('need a second price after a jump of more than a tenth', () => {
    const quotes = book();
    const isConfirmed = (price: number, at: number): boolean | undefined => {
      tell(quotes, jump(price, at));
      return quotes.get('AUSDT', at)?.isConfirmed;
    };
    expect(isConfirmed(100, 1)).toBe(true);
    expect(isConfirmed(110, 2)).toBe(true);
    expect(isConfirmed(98, 3)).toBe(false);
    expect(isConfirmed(97, 4)).toBe(true);
    expect(isConfirmed(10, 5)).toBe(false);
    expect(isConfirmed(100, 6)).toBe(true);
    expect(isConfirmed(200, 7)).toBe(false);
    expect(isConfirmed(300, 8)).toBe(false);
    expect(isConfirmed(310, 9)).toBe(true);
  });

  it('give every accepted tick to exits, confirmed or not', () => {
    const quotes = book();
    const [, second] = tell(quotes, jump(100, 1), jump(10, 2));
    expect(second?.accepted).toHaveLength(1);
    expect(quotes.get('AUSDT', 2)).toMatchObject({ price: 10, isConfirmed: false });
  });

  it('believe a price that was reached through all prices between', () => {
    const quotes = book();
    tell(quotes, jump(100, 1), { ...jump(50, 2), path: 'through', candle: { low: 50, high: 100 } });
    expect(quotes.get('AUSDT', 2)?.isConfirmed).toBe(true);
  });

  it('come back from their marks; symbols the market lost keep theirs, stale', () => {
    const quotes = book();
    tell(quotes, jump(100, 1000), jump(5, 1000, 'BUSDT'));
    const next = new Quotes({ symbols: [specOf('AUSDT')], intervalMs: 1000 });
    next.restore(JSON.parse(JSON.stringify({ ...quotes.marks(), CUSDT: { price: 0, at: 1 } })));
    expect(next.marks()).toEqual({ AUSDT: { price: 100, at: 1000 }, BUSDT: { price: 5, at: 1000 } });
    expect(next.get('AUSDT', 1500)?.isStale).toBe(false);
    expect(next.get('BUSDT', 1500)).toMatchObject({ price: 5, isStale: true });
    expect(next.all(1500).map((quote) => quote.symbol)).toEqual(['AUSDT']);
  });

  it('always hold a possible price and never go back in time', () => {
    const anyTick = fc.record({
      symbol: fc.constantFrom('AUSDT', 'BUSDT', 'CUSDT'),
      price: fc.oneof(fc.double(), fc.double({ min: 1, max: 200 })),
      at: fc.integer({ min: 0, max: 100 }),
      path: fc.constantFrom<Tick['path']>('jump', 'through'),
    });
    fc.assert(
      fc.property(fc.array(anyTick, { maxLength: 60 }), (ticks) => {
        const quotes = book();
        let last = -1;
        for (const tick of ticks) {
          const { accepted, refused } = quotes.apply({ at: 100, ticks: [tick] });
          expect(accepted.length + refused.length).toBe(1);
          const quote = quotes.get('AUSDT', 100);
          expect(quote?.at ?? last).toBeGreaterThanOrEqual(last);
          last = quote?.at ?? last;
          expect(quotes.all(100).every(({ price }) => price > 0 && price < 1e12)).toBe(true);
        }
      }),
    );
  });
});
