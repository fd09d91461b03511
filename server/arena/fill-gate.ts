/** The first prices after an answer: `isOpen` is false when there will be none. */
export interface FillMoment {
  readonly at: number;
  readonly isOpen: boolean;
}

interface Waiting {
  readonly after: number;
  readonly fill: (moment: FillMoment) => Promise<void>;
  readonly abandon: () => void;
}

/** Where answered turns wait for the next prices, so that nobody trades on a price known before the answer. */
export class FillGate {
  #waiting: Waiting[] = [];
  #closed: FillMoment | undefined;

  /** True once there will be no more prices. */
  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Runs `fill` at the first prices later than `after`. Settles as `fill` does, or without it when abandoned. */
  wait(after: number, fill: (moment: FillMoment) => Promise<void>): Promise<void> {
    if (this.#closed) return fill(this.#closed);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ after, fill: (moment) => fill(moment).then(resolve, reject), abandon: resolve });
    return promise;
  }

  /** The server stops: those who wait keep their stored answers for the next start. */
  abandon(): void {
    for (const { abandon } of this.#waiting.splice(0)) abandon();
  }

  /** Lets those fill whose answers are older than these prices, and waits for them. */
  async release(moment: FillMoment): Promise<void> {
    const isReady = ({ after }: Waiting) => after < moment.at;
    const ready = this.#waiting.filter(isReady);
    this.#waiting = this.#waiting.filter((waiting) => !isReady(waiting));
    await Promise.all(ready.map(({ fill }) => fill(moment)));
  }

  /** There will be no more prices: those who wait, and all who come, are told so. */
  async close(at: number): Promise<void> {
    this.#closed = { at, isOpen: false };
    const waiting = this.#waiting;
    this.#waiting = [];
    await Promise.all(waiting.map(({ fill }) => fill({ at, isOpen: false })));
  }
}
