import type { Prices } from '../contract/live-events.ts';
import { rankBooks } from '../arena/bots-read.ts';
import type { AppContext } from '../context.ts';

const LEAST_DISTANCE_MS = 500;
const MOST_VALUES = 100;

/** Gathers prices into at most two frames a second, each with what changed since the last one. */
export class PriceFrames {
  readonly #ctx: Pick<AppContext, 'books' | 'clock'>;
  readonly #send: (frame: Prices) => void;
  readonly #prices = new Map<string, number>();
  readonly #values = new Map<string, number>();
  #changed = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;

  constructor(ctx: Pick<AppContext, 'books' | 'clock'>, send: (frame: Prices) => void) {
    this.#ctx = ctx;
    this.#send = send;
  }

  push(prices: Iterable<{ readonly symbol: string; readonly price: number }>): void {
    for (const { symbol, price } of prices) {
      if (this.#prices.get(symbol) === price) this.#changed.delete(symbol);
      else this.#changed.set(symbol, price);
    }
    if (this.#changed.size === 0 || this.#timer) return;
    const waitMs = this.#sentAt + LEAST_DISTANCE_MS - performance.now();
    if (waitMs <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#changed.size === 0) return;
    this.#sentAt = performance.now();
    for (const [symbol, price] of this.#changed) this.#prices.set(symbol, price);
    const prices = Object.fromEntries(this.#changed);
    this.#changed = new Map();
    this.#send({ at: this.#ctx.clock.now(), prices, values: this.#changedValues() });
  }

  /** The best bots, as far as their value changed. */
  #changedValues(): Prices['values'] {
    const values = rankBooks(this.#ctx)
      .slice(0, MOST_VALUES)
      .map(({ key: botId }): [string, number] => [botId, this.#ctx.books.equityMicros(botId) / 1e6])
      .filter(([botId, value]) => this.#values.get(botId) !== value);
    for (const [botId, value] of values) this.#values.set(botId, value);
    return values;
  }
}
