import type { Candle } from '../engine/model.ts';

const DAY_MS = 86_400_000;

/**
 * Joins candles of one symbol, oldest first, into longer ones. Buckets start at multiples of `intervalMs` since the
 * epoch; the last may be unfinished, and buckets without candles are left out.
 */
export function resample(candles: readonly Candle[], intervalMs: number): readonly Candle[] {
  const joined: Candle[] = [];
  for (const candle of candles) {
    const openedAt = Math.floor(candle.openedAt / intervalMs) * intervalMs;
    const last = joined.at(-1);
    if (last?.openedAt === openedAt) joined[joined.length - 1] = extend(last, candle);
    else joined.push({ ...candle, openedAt });
  }
  return joined;
}

function extend(bucket: Candle, next: Candle): Candle {
  return {
    ...bucket,
    high: Math.max(bucket.high, next.high),
    low: Math.min(bucket.low, next.low),
    close: next.close,
    volume: bucket.volume + next.volume,
  };
}

/** One symbol's last candles in a ring: the oldest gives way. */
interface Ring {
  readonly slots: Candle[];
  /** Index of the oldest candle. */
  first: number;
}

function lastOf(ring: Ring): Candle | undefined {
  return ring.slots[(ring.first + ring.slots.length - 1) % ring.slots.length];
}

/** The last candles of every symbol, in memory: charts' tails, day changes and sparklines need no query. */
export class RecentCandles {
  readonly #candleMs: number;
  readonly #capacity: number;
  readonly #rings = new Map<string, Ring>();

  /** `capacity` candles are kept a symbol; 1,500 one-minute candles hold a day and an hour. */
  constructor(candleMs: number, capacity = 1500) {
    this.#candleMs = candleMs;
    this.#capacity = capacity;
  }

  /** Appends a candle, or replaces the last one of the same start. An older one is left out: false. */
  push(candle: Candle): boolean {
    const ring = this.#rings.get(candle.symbol) ?? { slots: [], first: 0 };
    this.#rings.set(candle.symbol, ring);
    const last = lastOf(ring);
    if (last && candle.openedAt < last.openedAt) return false;
    if (last?.openedAt === candle.openedAt) {
      ring.slots[(ring.first + ring.slots.length - 1) % ring.slots.length] = candle;
    } else if (ring.slots.length < this.#capacity) ring.slots.push(candle);
    else {
      ring.slots[ring.first] = candle;
      ring.first = (ring.first + 1) % this.#capacity;
    }
    return true;
  }

  /** The last `limit` candles, oldest first. */
  list(symbol: string, limit = this.#capacity): readonly Candle[] {
    const { slots, first } = this.#rings.get(symbol) ?? { slots: [], first: 0 };
    const count = Math.max(0, Math.min(limit, slots.length));
    const from = first + slots.length - count;
    // What lies before the end of the array, then what went on at its start.
    const upToEnd = slots.slice(from, first + slots.length);
    const wrapped = slots.slice(Math.max(0, from - slots.length), first);
    return first === 0 ? upToEnd : [...upToEnd, ...wrapped];
  }

  /**
   * The change of `price` against the price 24 hours before `now`, as a fraction (0.05 = 5 % up); null when the
   * candles do not reach back that far.
   */
  change24h(symbol: string, price: number, now: number): number | null {
    const { slots, first } = this.#rings.get(symbol) ?? { slots: [], first: 0 };
    const dayAgo = now - DAY_MS;
    let reference: number | null = null;
    for (let index = 0; index < slots.length; index += 1) {
      const candle = slots[(first + index) % slots.length];
      if (!candle || candle.openedAt > dayAgo) break;
      reference = candle.openedAt + this.#candleMs <= dayAgo ? candle.close : candle.open;
    }
    return reference === null ? null : price / reference - 1;
  }

  /** Closes of the last 24 hours at `points` even distances or fewer, oldest first, ending with the last close. */
  sparkline(symbol: string, points = 48): readonly number[] {
    const candles = this.list(symbol);
    const last = candles.at(-1);
    if (!last) return [];
    const spacing = Math.max(this.#candleMs, DAY_MS / points);
    const since = (Math.floor(last.openedAt / spacing) + 1) * spacing - DAY_MS;
    return resample(
      candles.filter((candle) => candle.openedAt >= since),
      spacing,
    ).map((candle) => candle.close);
  }
}
