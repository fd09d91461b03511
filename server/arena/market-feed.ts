import type { Clock, MarketData } from '../context.ts';
import type { MarketStatus } from '../contract/http/markets.ts';
import type { Candle, Quote, SymbolSpec, Tick } from '../engine/model.ts';
import type { Logger } from '../log.ts';
import { RecentCandles } from '../market/candles.ts';
import { Quotes, type Marks } from '../market/quotes.ts';
import type { MarketBatch, MarketSource } from '../market/source.ts';

export interface FeedOptions {
  readonly source: MarketSource;
  readonly speed: number | null;
  /** Where the clock of this database stands. */
  readonly clockAt: number;
  readonly marks: Marks;
  readonly isFinished: boolean;
  readonly wallNow: () => number;
  readonly log: Logger;
}

/**
 * The market as the arena sees it now: clock, quotes, recent candles. In real time the clock is the wall clock, but
 * while a missing path is made up for after downtime it is the path's; in a replay it is always the batches'.
 */
export class MarketFeed implements MarketData, Clock {
  readonly #options: FeedOptions;
  readonly #quotes: Quotes;
  readonly #candles: RecentCandles;
  readonly #specs: ReadonlyMap<string, SymbolSpec>;
  #clockAt: number;
  #pricedAt: number;
  #isLive = false;
  #isFinished: boolean;

  constructor(options: FeedOptions) {
    const { source } = options;
    this.#options = options;
    this.#quotes = new Quotes({ symbols: source.symbols, intervalMs: source.intervalMs });
    this.#quotes.restore(options.marks);
    this.#candles = new RecentCandles(source.candleMs);
    this.#specs = new Map(source.symbols.map((spec) => [spec.symbol, spec]));
    this.#clockAt = options.clockAt;
    this.#pricedAt = options.clockAt;
    this.#isFinished = options.isFinished;
  }

  get symbols(): readonly SymbolSpec[] {
    return this.#options.source.symbols;
  }

  get candleMs(): number {
    return this.#options.source.candleMs;
  }

  /** True once the path after downtime is made up for. */
  get isLive(): boolean {
    return this.#isLive;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  now(): number {
    const followsWall = this.#isLive && this.#options.source.clock === 'wall';
    if (followsWall) this.#clockAt = Math.max(this.#clockAt, this.#options.wallNow());
    return this.#clockAt;
  }

  pricedAt(): number {
    return this.#pricedAt;
  }

  wallNow(): number {
    return this.#options.wallNow();
  }

  /** Takes the prices of one instant. @returns those that are believable. */
  apply(batch: MarketBatch): readonly Tick[] {
    const { source, log, wallNow } = this.#options;
    this.#clockAt = Math.max(this.#clockAt, batch.at);
    this.#pricedAt = batch.at;
    const behindMs = wallNow() - batch.at;
    if (source.clock === 'source' || behindMs < this.#quotes.staleAfterMs) this.#isLive = true;
    const { accepted, refused } = this.#quotes.apply(batch);
    for (const { tick, reason } of refused)
      log.warn({ symbol: tick.symbol, price: tick.price, at: tick.at, reason }, 'price refused');
    for (const candle of batch.candles) this.#candles.push(candle);
    return accepted;
  }

  addCandles(candles: readonly Candle[]): void {
    for (const candle of candles) this.#candles.push(candle);
  }

  finish(): void {
    this.#isFinished = true;
  }

  marks(): Marks {
    return this.#quotes.marks();
  }

  spec(symbol: string): SymbolSpec | undefined {
    return this.#specs.get(symbol);
  }

  quote(symbol: string): Quote | undefined {
    return this.#quotes.get(symbol, this.now());
  }

  quotes(): readonly Quote[] {
    return this.#quotes.all(this.now());
  }

  recentCandles(symbol: string, limit: number): readonly Candle[] {
    return this.#candles.list(symbol, limit);
  }

  change24h(symbol: string): number | null {
    const quote = this.quote(symbol);
    return quote ? this.#candles.change24h(symbol, quote.price, this.now()) : null;
  }

  sparkline(symbol: string): readonly number[] {
    return this.#candles.sparkline(symbol);
  }

  status(): MarketStatus {
    const { source, speed } = this.#options;
    // No quote at all is as stale as it gets.
    const running = this.quotes().every((quote) => quote.isStale) ? 'stale' : 'running';
    return {
      source: source.name,
      kind: source.kind,
      now: this.now(),
      status: this.#isFinished ? 'finished' : running,
      speed,
    };
  }
}
