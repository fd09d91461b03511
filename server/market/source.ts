import type { Candle, SymbolSpec, Tick } from '../engine/model.ts';

/** At `at` every open position on `symbol` pays (long, rate > 0) or receives rate * notional. */
export interface FundingRate {
  readonly symbol: string;
  readonly rate: number;
  readonly at: number;
}

/** One instant of the market. Batches come in strictly increasing `at`. */
export interface MarketBatch {
  readonly at: number;
  /** At most one tick per symbol. May hold impossible prices: `quotes.ts` refuses those. */
  readonly ticks: readonly Tick[];
  readonly funding: readonly FundingRate[];
  /** One-minute (or the source's own interval) candles that ended with this batch. */
  readonly candles: readonly Candle[];
  /** Set on the last batch of an interval in a source-clocked market: turns and jobs due by then run now. */
  readonly edge: number | null;
}

export interface MarketStart {
  /** The clock this database has reached; null on a first start. Batches begin after it. */
  readonly resumeAt: number | null;
  /** The state the source returned from `state()` for this database, if any. */
  readonly state: unknown;
  readonly signal: AbortSignal;
}

/**
 * Where prices come from. Sources are pulled: the arena asks for the next batch when it has dealt with the last one,
 * so a source at full speed never runs ahead of the bots.
 */
export interface MarketSource {
  readonly name: string;
  /** Shown wherever its prices are shown. */
  readonly kind: 'simulated' | 'replay' | 'live';
  /** `wall`: batches come in real time and jobs run on the wall clock. `source`: the batches' times are the clock. */
  readonly clock: 'wall' | 'source';
  /** Identifies source, seed or files; a database is bound to one. */
  readonly fingerprint: string;
  /** The usual distance of two prices of a symbol, ms. */
  readonly intervalMs: number;
  /** Length of the candles in batches and history, ms. */
  readonly candleMs: number;
  readonly symbols: readonly SymbolSpec[];
  /** Problems found in the input and skipped, as documented by the source. */
  readonly warnings: readonly string[];
  /** The arena's time when a database first meets this source. */
  startsAt(): number;
  /** Candles that exist before the first batch, oldest first; stored once per database. */
  history(before: number): Iterable<readonly Candle[]>;
  /** Ends when the data runs out or the signal aborts. Throws UpstreamError when the feed breaks. */
  batches(start: MarketStart): AsyncIterable<MarketBatch>;
  /** What a restart needs to go on exactly here (JSON), taken right after a batch was dealt with; null = nothing. */
  state(): unknown;
}
