const FIRST_WAIT_MS = 600_000;
const LONGEST_WAIT_MS = 21_600_000;

/** When a bot whose summary came to nothing may try again by itself: each turn is too often, as it costs each time. */
export class SummaryRetries {
  readonly #wallNow: () => number;
  readonly #waits = new Map<string, { readonly until: number; readonly waitMs: number }>();

  constructor(wallNow: () => number) {
    this.#wallNow = wallNow;
  }

  mayTry(botId: string): boolean {
    return this.#wallNow() >= (this.#waits.get(botId)?.until ?? 0);
  }

  /** Ten minutes at first, twice as long each time, six hours at most. */
  postpone(botId: string): void {
    const waitMs = Math.min(LONGEST_WAIT_MS, 2 * (this.#waits.get(botId)?.waitMs ?? FIRST_WAIT_MS / 2));
    this.#waits.set(botId, { until: this.#wallNow() + waitMs, waitMs });
  }

  forget(botId: string): void {
    this.#waits.delete(botId);
  }
}
