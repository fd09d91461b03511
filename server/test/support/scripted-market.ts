import type { Candle, SymbolSpec, Tick } from '../../engine/model.ts';
import { candleInstants, sweepCandles } from '../../market/candle-ticks.ts';
import type { FundingRate, MarketBatch, MarketSource, MarketStart } from '../../market/source.ts';

export const MINUTE = 60_000;
/** Where a scripted market begins: a round hour and day, epoch ms. */
export const DAWN = Date.UTC(2026, 1, 2);

export const BTC: SymbolSpec = {
  symbol: 'BTCUSDT',
  tickSize: 0.1,
  stepSize: 0.001,
  maxLeverage: 100,
  maintenanceRate: 0.005,
};
export const ETH: SymbolSpec = { ...BTC, symbol: 'ETHUSDT', tickSize: 0.01 };

type Prices = Readonly<Record<string, number>>;
/** One price, or open, high, low and close. */
type Shape = number | readonly [open: number, high: number, low: number, close: number];

interface Told {
  readonly batch: MarketBatch;
  readonly dealt: () => void;
  readonly lost: (error: Error) => void;
}

export interface ScriptedOptions {
  readonly symbols?: readonly SymbolSpec[];
  readonly fingerprint?: string;
  readonly clock?: MarketSource['clock'];
  readonly startsAt?: number;
}

/** A market that says what the test tells it to, one batch at a time; a batch is dealt with before its call settles. */
export class ScriptedMarket implements MarketSource {
  readonly name = 'scripted';
  readonly kind = 'replay';
  readonly intervalMs = MINUTE;
  readonly candleMs = MINUTE;
  readonly warnings = [];
  readonly clock: MarketSource['clock'];
  readonly symbols: readonly SymbolSpec[];
  readonly fingerprint: string;
  /** What the arena asked to start from, oldest first. */
  readonly starts: Pick<MarketStart, 'resumeAt' | 'state'>[] = [];
  readonly #startsAt: number;
  #told: (Told | Error | 'end')[] = [];
  #wake = () => {};
  #batches = 0;
  #minute: number;

  constructor(options: ScriptedOptions = {}) {
    this.clock = options.clock ?? 'source';
    this.symbols = options.symbols ?? [BTC, ETH];
    this.fingerprint = options.fingerprint ?? 'scripted:1';
    this.#startsAt = options.startsAt ?? DAWN;
    this.#minute = this.#startsAt;
  }

  startsAt(): number {
    return this.#startsAt;
  }

  history(): Iterable<readonly Candle[]> {
    return [];
  }

  /** How many batches were dealt with: what a restart goes on from. */
  state(): unknown {
    return { batches: this.#batches };
  }

  /** Start of the minute that `minute` tells next. */
  get nextMinute(): number {
    return this.#minute;
  }

  async *batches({ resumeAt, state, signal }: MarketStart): AsyncGenerator<MarketBatch> {
    this.starts.push({ resumeAt, state });
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        const next = await this.#next(signal);
        if (next === null || next === 'end') return;
        if (next instanceof Error) throw next;
        yield* this.#tell(next);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Prices at one instant. */
  tick(at: number, prices: Prices, rest: { path?: Tick['path']; edge?: number } = {}): Promise<void> {
    const ticks = Object.entries(prices).map(([symbol, price]): Tick => ({
      symbol,
      price,
      at,
      path: rest.path ?? 'jump',
    }));
    return this.send({ at, ticks, funding: [], candles: [], edge: rest.edge ?? null });
  }

  /** Funding is charged at an instant without prices. */
  fund(at: number, rates: readonly Omit<FundingRate, 'at'>[]): Promise<void> {
    const funding = rates.map((rate) => ({ ...rate, at }));
    return this.send({ at, ticks: [], funding, candles: [], edge: null });
  }

  /** One whole minute of candles as a replay tells it: four batches, turns and jobs due at its edge. */
  async minute(shapes: Readonly<Record<string, Shape>>): Promise<void> {
    const openedAt = this.#minute;
    this.#minute += MINUTE;
    const candles = Object.entries(shapes).map(([symbol, shape]) => candleOf(symbol, openedAt, shape));
    const swept = sweepCandles(candles, candleInstants(MINUTE, MINUTE - 1));
    for (const [index, { at, ticks }] of swept.entries()) {
      const isLast = index === swept.length - 1;
      const edge = isLast ? openedAt + MINUTE : null;
      await this.send({ at, ticks, funding: [], candles: isLast ? candles : [], edge });
    }
  }

  /** Leaves minutes out: the recording has a gap. */
  leaveOut(minutes: number): void {
    this.#minute += minutes * MINUTE;
  }

  send(batch: MarketBatch): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#push({ batch, dealt: resolve, lost: reject });
    return promise;
  }

  /** The recording runs out. */
  end(): void {
    this.#push('end');
  }

  /** The feed breaks. */
  fail(error: Error): void {
    this.#push(error);
  }

  #push(item: Told | Error | 'end'): void {
    this.#told.push(item);
    this.#wake();
  }

  async #next(signal: AbortSignal): Promise<Told | Error | 'end' | null> {
    for (;;) {
      if (signal.aborted) return null;
      const next = this.#told.shift();
      if (next) return next;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Being asked for the next batch means that this one was dealt with. */
  *#tell({ batch, dealt, lost }: Told): Generator<MarketBatch> {
    let isDealt = false;
    try {
      this.#batches += 1;
      yield batch;
      isDealt = true;
    } finally {
      if (isDealt) dealt();
      else lost(new Error(`the arena stopped at the batch of ${new Date(batch.at).toISOString()}`));
    }
  }
}

function candleOf(symbol: string, openedAt: number, shape: Shape): Candle {
  const [open, high, low, close] = typeof shape === 'number' ? [shape, shape, shape, shape] : shape;
  return { symbol, openedAt, open, high, low, close, volume: 1 };
}
