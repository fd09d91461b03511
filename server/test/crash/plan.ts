/** Places at which the server kills itself. K1-K6 are steps of a turn; the others lie inside an open transaction. */
export const POINTS = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'exit', 'snapshot'] as const;
export type Point = (typeof POINTS)[number];

/** Mistakes a server could make; the harness must notice each of them. */
export const BUGS = ['early-ack', 'split-apply', 'swallowed-event', 'forgotten-answer'] as const;
export type Bug = (typeof BUGS)[number];

/**
 * `sim`: the simulation, in real time. `paced`: prices of a clock of its own, about a hundred seconds a second.
 * `lockstep`: the same, and the market waits for every turn.
 */
export const MARKETS = ['paced', 'sim', 'lockstep'] as const;

/** What a crash server is told. */
export interface ServerPlan {
  readonly database: string;
  /** Where it notes what was acknowledged. */
  readonly journal: string;
  /** Where it notes every question it asks a decider. */
  readonly questions: string;
  readonly market: (typeof MARKETS)[number];
  readonly seed: number;
  /** Where it kills itself: at the `hit`-th time it gets there. */
  readonly point: { readonly name: Point; readonly hit: number } | null;
  readonly bug: Bug | null;
  /** Deciders never answer and do not listen to their signal. */
  readonly isHanging: boolean;
}

/** When the server ends: at a failpoint, some time after it was started or was ready, or by SIGTERM. */
export type Ending =
  | { readonly kind: 'point'; readonly name: Point; readonly hit: number }
  | { readonly kind: 'starting'; readonly ms: number }
  | { readonly kind: 'running'; readonly ms: number }
  | { readonly kind: 'stopped'; readonly ms: number };

/** A small seeded generator (mulberry32): numbers from 0 up to 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KINDS = [...POINTS, 'running', 'running', 'running', 'running', 'starting'] as const;

/** How round `round` ends: every kind in turn, the moment by chance. */
export function endingOf(seed: number, round: number): Ending {
  const random = randomOf(seed * 100_003 + round);
  const kind = KINDS[round % KINDS.length] ?? 'running';
  if (kind === 'running') return { kind, ms: Math.floor(random() * 400) };
  if (kind === 'starting') return { kind, ms: Math.floor(random() * 900) };
  const mostHits = kind === 'snapshot' ? 2 : 12;
  return { kind: 'point', name: kind, hit: 1 + Math.floor(random() * mostHits) };
}

export function describeEnding(ending: Ending): string {
  return ending.kind === 'point' ? ending.name : ending.kind;
}
