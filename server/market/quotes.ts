import { z } from 'zod';
import type { Quote, SymbolSpec, Tick } from '../engine/model.ts';
import type { MarketBatch } from './source.ts';

/** Why a tick was not believed. */
export type RefusalReason =
  | 'unknown-symbol'
  | 'not-a-price'
  | 'out-of-range'
  | 'out-of-order'
  | 'from-the-future';

export interface RefusedTick {
  readonly tick: Tick;
  readonly reason: RefusalReason;
}

/** Symbol -> last price and its time: what a restart needs to show the last marks. */
export const marksSchema = z.record(z.string(), z.object({ price: z.number(), at: z.number() }));
export type Marks = Readonly<z.infer<typeof marksSchema>>;

export interface QuotesOptions {
  readonly symbols: readonly SymbolSpec[];
  /** The usual distance of two prices of a symbol, ms. */
  readonly intervalMs: number;
  /** A move of more than this fraction needs a second price before anything is opened on it. */
  readonly confirmFraction?: number;
}

const LEAST_STALE_MS = 10_000;
const PRICE_LIMIT = 1e12;

interface Entry {
  price: number;
  at: number;
  /** The last price that was believed at once or by a second tick. */
  confirmed: number;
  /** The first price after a jump, waiting for its second. */
  pending: number | null;
}

const isWithin = (price: number, reference: number, fraction: number): boolean =>
  Math.abs(price - reference) <= fraction * reference;

/**
 * The last believable price of every symbol. Impossible prices are refused and the last good one stays, until it is
 * stale. Exits use every accepted tick; nothing is opened on a stale or unconfirmed quote.
 */
export class Quotes {
  /** Quotes older than this are stale, ms. */
  readonly staleAfterMs: number;
  readonly #confirmFraction: number;
  readonly #known: ReadonlySet<string>;
  readonly #entries = new Map<string, Entry>();

  constructor(options: QuotesOptions) {
    this.staleAfterMs = Math.max(LEAST_STALE_MS, 2 * options.intervalMs);
    this.#confirmFraction = options.confirmFraction ?? 0.1;
    this.#known = new Set(options.symbols.map((spec) => spec.symbol));
  }

  /** Takes a batch's ticks; refused ones change nothing. */
  apply(batch: Pick<MarketBatch, 'at' | 'ticks'>): {
    readonly accepted: readonly Tick[];
    readonly refused: readonly RefusedTick[];
  } {
    const accepted: Tick[] = [];
    const refused: RefusedTick[] = [];
    for (const tick of batch.ticks) {
      const reason = this.#reasonToRefuse(tick, batch.at);
      if (reason === null) {
        this.#accept(tick);
        accepted.push(tick);
      } else refused.push({ tick, reason });
    }
    return { accepted, refused };
  }

  /** The quote as it stands at `now` (the arena's clock); undefined before the first price. */
  get(symbol: string, now: number): Quote | undefined {
    const entry = this.#entries.get(symbol);
    if (!entry) return undefined;
    const { price, at } = entry;
    const isStale = !this.#known.has(symbol) || now - at > this.staleAfterMs;
    return { symbol, price, at, isStale, isConfirmed: entry.pending === null };
  }

  /** Quotes of the market's own symbols that have a price, in the market's order. */
  all(now: number): readonly Quote[] {
    return [...this.#known].flatMap((symbol) => this.get(symbol, now) ?? []);
  }

  /**
   * Puts back stored marks. Symbols the market no longer has keep their last mark for ever, stale; impossible prices
   * are left out.
   */
  restore(marks: Marks): void {
    for (const [symbol, { price, at }] of Object.entries(marks))
      if (priceProblem(price) === null && Number.isFinite(at))
        this.#entries.set(symbol, { price, at, confirmed: price, pending: null });
  }

  marks(): Marks {
    return Object.fromEntries([...this.#entries].map(([symbol, { price, at }]) => [symbol, { price, at }]));
  }

  #reasonToRefuse(tick: Tick, batchAt: number): RefusalReason | null {
    if (!this.#known.has(tick.symbol)) return 'unknown-symbol';
    const problem = priceProblem(tick.price);
    if (problem !== null) return problem;
    if (!Number.isFinite(tick.at)) return 'out-of-order';
    if (tick.at > batchAt) return 'from-the-future';
    const entry = this.#entries.get(tick.symbol);
    return entry && tick.at < entry.at ? 'out-of-order' : null;
  }

  #accept(tick: Tick): void {
    const { symbol, price, at } = tick;
    const entry = this.#entries.get(symbol);
    if (!entry) {
      this.#entries.set(symbol, { price, at, confirmed: price, pending: null });
      return;
    }
    entry.price = price;
    entry.at = at;
    if (this.#isBelieved(tick, entry)) {
      entry.confirmed = price;
      entry.pending = null;
    } else entry.pending = price;
  }

  /** A price reached through all prices between needs no second witness. */
  #isBelieved(tick: Tick, entry: Entry): boolean {
    if (tick.path === 'through' || isWithin(tick.price, entry.confirmed, this.#confirmFraction)) return true;
    return entry.pending !== null && isWithin(tick.price, entry.pending, this.#confirmFraction);
  }
}

function priceProblem(price: number): 'not-a-price' | 'out-of-range' | null {
  if (!Number.isFinite(price)) return 'not-a-price';
  return price > 0 && price < PRICE_LIMIT ? null : 'out-of-range';
}
