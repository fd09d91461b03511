import type { DecideResult } from '../llm/provider.ts';

/** Replicas of a turn are asked within this time of each other. */
const SHARED_MS = 60_000;
const MOST_KEPT = 1000;

interface Kept {
  readonly at: number;
  readonly answer: Promise<DecideResult>;
}

/** Answers that replicas of a bot share: the same owner, model and prompt within a minute are asked once. */
export class SharedAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #wallNow: () => number;

  constructor(wallNow: () => number) {
    this.#wallNow = wallNow;
  }

  /** The answer to the same question, at no cost, or that of `ask`, which is paid. A failure is not kept. */
  async get(key: string, ask: () => Promise<DecideResult>): Promise<DecideResult> {
    const now = this.#wallNow();
    const known = this.#kept.get(key);
    if (known && now - known.at < SHARED_MS) return withoutCost(await known.answer);
    this.#forget(now);
    const answer = ask();
    this.#kept.set(key, { at: now, answer });
    try {
      return await answer;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#kept)
      if (now - at >= SHARED_MS || this.#kept.size >= MOST_KEPT) this.#kept.delete(key);
  }
}

function withoutCost(result: DecideResult): DecideResult {
  return {
    ...result,
    tokensIn: 0,
    tokensCached: 0,
    tokensOut: 0,
    costMicros: 0,
    thinking: { ...result.thinking, calls: [] },
  };
}
