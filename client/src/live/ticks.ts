/** A number that changes often, kept outside React: only who shows it renders again. */
export class TickStore {
  readonly #values = new Map<string, number>();
  readonly #listeners = new Map<string, Set<() => void>>();

  get(key: string): number | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: number): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    for (const listener of this.#listeners.get(key) ?? []) listener();
  }

  /** Forgets every value, so that readers fall back to what they were given. */
  clear(): void {
    const keys = [...this.#values.keys()];
    this.#values.clear();
    for (const key of keys) for (const listener of this.#listeners.get(key) ?? []) listener();
  }

  subscribe(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(key, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(key);
    };
  }
}

export const priceKey = (symbol: string): string => `price:${symbol}`;
export const valueKey = (botId: string): string => `value:${botId}`;
