import { once } from 'node:events';
import { MarketFeed } from '../../../server/arena/market-feed.ts';
import type { SymbolSpec } from '../../../server/engine/model.ts';
import { silentLogger } from '../../../server/log.ts';
import type { Marks } from '../../../server/market/quotes.ts';
import type { MarketSource } from '../../../server/market/source.ts';

export const MINUTE_MS = 60_000;
export const START_AT = Date.UTC(2026, 0, 1);

export function makeSymbols(count: number): SymbolSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    symbol: `S${String(i).padStart(3, '0')}USDT`,
    tickSize: 0.01,
    stepSize: 0.001,
    maxLeverage: 50,
    maintenanceRate: 0.005,
  }));
}

/** Swings of two percent around a price, differently for each symbol, on its tick. */
export function swing(
  { tickSize }: SymbolSpec,
  around: number,
  { i, step }: { i: number; step: number },
): number {
  const price = around * (1 + 0.02 * Math.sin(step / 7 + i));
  return Number((Math.round(price / tickSize) * tickSize).toFixed(8));
}

/** Batches that never come: what happens is what the benchmark does. */
export function noBatches({ signal }: { readonly signal: AbortSignal }): AsyncIterable<never> {
  const next = async () => {
    if (!signal.aborted) await once(signal, 'abort');
    return { done: true as const, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

/** A market whose clock stands until it is moved by hand. */
export function stillSource(symbols: readonly SymbolSpec[], startsAt = START_AT): MarketSource {
  return {
    name: 'bench',
    kind: 'simulated',
    clock: 'source',
    fingerprint: 'bench',
    intervalMs: MINUTE_MS,
    candleMs: MINUTE_MS,
    symbols,
    warnings: [],
    startsAt: () => startsAt,
    history: () => [],
    batches: noBatches,
    state: () => null,
  };
}

/** The real feed on a still market; `tickTo` moves clock and prices. */
export function openFeed(source: MarketSource, clockAt: number, marks: Marks = {}): MarketFeed {
  return new MarketFeed({
    source,
    speed: null,
    clockAt,
    marks,
    isFinished: false,
    wallNow: Date.now,
    log: silentLogger(),
  });
}

export function tickTo(feed: MarketFeed, at: number, prices: ReadonlyMap<string, number>): void {
  const ticks = [...prices].map(([symbol, price]) => ({ symbol, price, at, path: 'jump' as const }));
  feed.apply({ at, ticks, funding: [], candles: [], edge: null });
}
