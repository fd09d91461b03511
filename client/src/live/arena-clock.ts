import type { MarketStatus } from '../api/contract.ts';

interface Anchor {
  readonly arenaMs: number;
  readonly wallMs: number;
  /** Arena milliseconds per wall millisecond; 0 when the clock stands or its pace is unknown. */
  readonly pace: number;
}

/** The arena's time between two messages: it runs on at the market’s speed. */
export class ArenaClock {
  #anchor: Anchor | null = null;
  readonly #wall: () => number;

  constructor(wall: () => number = Date.now) {
    this.#wall = wall;
  }

  /** Takes the market's word for time and pace. */
  follow(status: MarketStatus): void {
    const pace = status.status === 'finished' ? 0 : (status.speed ?? 0);
    this.#anchor = { arenaMs: Math.max(status.now, this.#latest()), wallMs: this.#wall(), pace };
  }

  /** An event or price carried this time. */
  seen(arenaMs: number): void {
    if (arenaMs <= this.#latest()) return;
    this.#anchor = { arenaMs, wallMs: this.#wall(), pace: this.#anchor?.pace ?? 1 };
  }

  /** Another arena: its clock may be behind this one's. */
  reset(): void {
    this.#anchor = null;
  }

  now(): number {
    if (!this.#anchor) return this.#wall();
    const { arenaMs, wallMs, pace } = this.#anchor;
    return arenaMs + Math.max(0, this.#wall() - wallMs) * pace;
  }

  #latest(): number {
    return this.#anchor?.arenaMs ?? Number.NEGATIVE_INFINITY;
  }
}
