/** How many there are of each key; a key without any takes no memory. */
export class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** One more. @returns how to give it back, once. */
  take(key: string): () => void {
    this.#counts.set(key, this.of(key) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      if (this.of(key) === 1) this.#counts.delete(key);
      else this.#counts.set(key, this.of(key) - 1);
    };
  }
}
