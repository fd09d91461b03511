import { describe, expect, it } from 'vitest';
import type { MarketBatch, MarketSource, MarketStart } from '../../market/source.ts';

export interface MarketUnderTest {
  /**
   * A fresh source over the same input. `clockAt` sets the virtual wall clock of sources that live on it; without it
   * the clock stands where a first start finds it. Sleeping must advance that clock and take no time.
   */
  create(clockAt?: number): MarketSource | Promise<MarketSource>;
  /** How many batches to look at; fewer when the data runs out before. */
  readonly batches: number;
}

interface Seen {
  readonly batch: MarketBatch;
  /** The state right after the batch, as it would be read from the database. */
  readonly state: unknown;
}

async function collect(
  source: MarketSource,
  limit: number,
  start: Partial<MarketStart> = {},
): Promise<readonly Seen[]> {
  const { signal } = new AbortController();
  const seen: Seen[] = [];
  if (limit <= 0) return seen;
  for await (const batch of source.batches({ resumeAt: null, state: null, signal, ...start })) {
    seen.push({ batch, state: JSON.parse(JSON.stringify(source.state())) });
    if (seen.length >= limit) break;
  }
  return seen;
}

const isOnGrid = (price: number, tickSize: number): boolean =>
  Math.abs(price / tickSize - Math.round(price / tickSize)) < 1e-6 * Math.max(1, price / tickSize / 1e6);

/** What every market source promises, whatever it is made of. Call it in a test file next to the source. */
export function describeMarketSource(name: string, market: MarketUnderTest): void {
  describe(`market source ${name}`, () => {
    it('describes its symbols once each, with usable terms', async () => {
      const { symbols, candleMs, intervalMs, fingerprint } = await market.create();
      expect(new Set(symbols.map((spec) => spec.symbol)).size).toBe(symbols.length);
      expect(symbols.length).toBeGreaterThan(0);
      for (const spec of symbols) {
        expect(Math.min(spec.tickSize, spec.stepSize, spec.maxLeverage)).toBeGreaterThan(0);
        expect(spec.maintenanceRate).toBeGreaterThan(0);
        expect(spec.maintenanceRate).toBeLessThan(1 / spec.maxLeverage);
      }
      expect(Math.min(candleMs, intervalMs)).toBeGreaterThan(0);
      expect(fingerprint).not.toBe('');
    });

    it('tells time strictly forwards, with one tick a symbol at most', async () => {
      const source = await market.create();
      const seen = await collect(source, market.batches);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen[0]?.batch.at).toBeGreaterThanOrEqual(source.startsAt());
      let last = -Infinity;
      for (const { batch } of seen) {
        expect(batch.at).toBeGreaterThan(last);
        last = batch.at;
        const symbols = batch.ticks.map((tick) => tick.symbol);
        expect(new Set(symbols).size).toBe(symbols.length);
        expect(batch.ticks.every((tick) => tick.at <= batch.at)).toBe(true);
      }
    });

    it('puts prices on the tick and ticks inside their candle', async () => {
      const source = await market.create();
      const specs = new Map(source.symbols.map((spec) => [spec.symbol, spec]));
      for (const { batch } of await collect(source, market.batches))
        for (const { symbol, price, candle } of batch.ticks) {
          expect(isOnGrid(price, specs.get(symbol)?.tickSize ?? Number.NaN)).toBe(true);
          expect(price).toBeGreaterThanOrEqual(candle?.low ?? price);
          expect(price).toBeLessThanOrEqual(candle?.high ?? price);
        }
    });

    it('closes each candle once, in the batch that ends it', async () => {
      const source = await market.create();
      const closed = new Set<string>();
      for (const { batch } of await collect(source, market.batches))
        for (const candle of batch.candles) {
          const key = `${candle.symbol} ${candle.openedAt}`;
          expect(closed.has(key)).toBe(false);
          closed.add(key);
          expect(candle.openedAt).toBeLessThanOrEqual(batch.at);
          expect(candle.openedAt + source.candleMs).toBeGreaterThan(batch.at);
          expect(candle.low).toBeLessThanOrEqual(Math.min(candle.open, candle.close));
          expect(candle.high).toBeGreaterThanOrEqual(Math.max(candle.open, candle.close));
        }
      expect(closed.size).toBeGreaterThan(0);
    });

    it('has edges only where the source is the clock, never before their batch', async () => {
      const source = await market.create();
      const edges = (await collect(source, market.batches)).flatMap(({ batch }) =>
        batch.edge === null ? [] : [{ at: batch.at, edge: batch.edge }],
      );
      expect(edges.length > 0).toBe(source.clock === 'source');
      expect(edges.every(({ at, edge }) => edge > at)).toBe(true);
    });

    it('has a history that ends before the first batch, sorted, in chunks', async () => {
      const source = await market.create();
      const startsAt = source.startsAt();
      const last = new Map<string, number>();
      for (const chunk of source.history(startsAt)) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(5000);
        const misplaced = chunk.filter(({ symbol, openedAt }) => {
          const isLate = openedAt + source.candleMs > startsAt || openedAt <= (last.get(symbol) ?? -Infinity);
          last.set(symbol, openedAt);
          return isLate;
        });
        expect(misplaced).toEqual([]);
      }
    });

    it('says the same again', async () => {
      const [one, two] = [await market.create(), await market.create()];
      expect(two.fingerprint).toBe(one.fingerprint);
      expect(two.startsAt()).toBe(one.startsAt());
      expect([...two.history(two.startsAt())]).toEqual([...one.history(one.startsAt())]);
      expect(await collect(two, market.batches)).toEqual(await collect(one, market.batches));
    });

    it('goes on exactly where a restart left it', async () => {
      const whole = await collect(await market.create(), market.batches);
      const cuts = [0, 1, 2, 3, 5, Math.floor(whole.length / 2), whole.length - 2];
      for (const cut of cuts.filter((index) => index >= 0 && index < whole.length)) {
        const left = whole[cut];
        if (!left) continue;
        const source = await market.create(left.batch.at);
        const start = { resumeAt: left.batch.at, state: left.state };
        const rest = await collect(source, whole.length - cut - 1, start);
        expect(rest).toEqual(whole.slice(cut + 1));
      }
    });

    it('gives the same prices from a state older than the clock', async () => {
      const whole = await collect(await market.create(), market.batches);
      const cut = Math.floor(whole.length / 2);
      const resumeAt = whole[cut]?.batch.at ?? Number.NaN;
      const source = await market.create(resumeAt);
      const rest = await collect(source, 5, { resumeAt, state: whole[0]?.state });
      expect(rest.length).toBeGreaterThan(0);
      expect(rest.map(({ batch }) => batch)).toEqual(whole.slice(cut + 1, cut + 6).map(({ batch }) => batch));
    });

    it('ends when aborted', async () => {
      const source = await market.create();
      const stopped = AbortSignal.abort();
      expect(await collect(source, 3, { signal: stopped })).toEqual([]);
      const controller = new AbortController();
      let count = 0;
      for await (const batch of source.batches({ resumeAt: null, state: null, signal: controller.signal })) {
        expect(batch.at).toBeGreaterThan(0);
        count += 1;
        if (count === 2) controller.abort();
      }
      expect(count).toBe(2);
    });
  });
}
