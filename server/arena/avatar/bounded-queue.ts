/** Lets so many works run at once and so many wait; who comes beyond them is sent away at once. */
export class BoundedQueue {
  readonly #limits: { readonly running: number; readonly waiting: number };
  readonly #whenFull: () => Error;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { running: number; waiting: number }, whenFull: () => Error) {
    this.#limits = limits;
    this.#whenFull = whenFull;
  }

  /** First come, first served. @throws what `whenFull` makes, and what `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#limits.running) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waiting) throw this.#whenFull();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes on to who waits longest, so that nobody slips in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
