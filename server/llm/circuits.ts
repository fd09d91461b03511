import {
  CircuitState,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBackoff,
} from 'cockatiel';
import { ModelError, type ModelFailure } from './chat.ts';

export interface CircuitLimits {
  /** Failures in a row that open a circuit. */
  readonly failures: number;
  /** How long it stays open at first, ms; twice as long after each failed probe. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Circuits that are kept; the one not used for longest is forgotten first. */
  readonly most: number;
  /** Unused for so long, a circuit is forgotten. */
  readonly idleMs: number;
}

export const CIRCUIT_LIMITS: CircuitLimits = {
  failures: 5,
  firstPauseMs: 30_000,
  longestPauseMs: 300_000,
  most: 10_000,
  idleMs: 900_000,
};

/** What says that an endpoint is in trouble; a wrong key or a bad answer does not. */
const COUNTED: ReadonlySet<ModelFailure> = new Set(['broken', 'timeout', 'network', 'busy']);

/** Endpoints that failed again and again are left alone for a while, each under a name of its own. */
export interface Circuits {
  /** How long nothing may be sent, ms; 0 = it may. While one request finds out, others wait as long as a first pause. */
  pausedMs(name: string): number;
  /**
   * Does it, and counts what comes of it. To be called only where nothing is paused.
   * @param isCancelled whether whoever asked gave up, which says nothing of the endpoint.
   */
  run<T>(name: string, work: () => Promise<T>, isCancelled: () => boolean): Promise<T>;
  /** How many are kept. */
  readonly size: number;
}

/** @param now monotonic, ms: a clock that is set must neither open nor close anything. */
export function createCircuits(now: () => number, limits: CircuitLimits = CIRCUIT_LIMITS): Circuits {
  /** In the order in which they were used. */
  const kept = new Map<string, Circuit>();
  const use = (name: string): Circuit => {
    const circuit = kept.get(name) ?? createCircuit(now, limits);
    kept.delete(name);
    kept.set(name, circuit);
    circuit.usedAt = now();
    forget(kept, { before: now() - limits.idleMs, most: limits.most });
    return circuit;
  };
  return {
    pausedMs: (name) => kept.get(name)?.pausedMs() ?? 0,
    run: (name, work, isCancelled) => use(name).run(work, isCancelled),
    get size() {
      return kept.size;
    },
  };
}

interface Circuit {
  usedAt: number;
  readonly pausedMs: () => number;
  readonly run: <T>(work: () => Promise<T>, isCancelled: () => boolean) => Promise<T>;
}

/** Looks at the oldest alone, so that it costs the same however many there are. */
function forget(kept: Map<string, Circuit>, { before, most }: { before: number; most: number }): void {
  for (const [name, { usedAt }] of kept) {
    if (usedAt >= before && kept.size <= most) return;
    kept.delete(name);
  }
}

function createCircuit(now: () => number, limits: CircuitLimits): Circuit {
  let reopensAt = 0;
  // The library measures on the wall clock: it is told of no duration but "over" and "not over".
  const pause = (ms: number): IBackoff<unknown> => {
    reopensAt = now() + ms;
    return {
      get duration() {
        return now() >= reopensAt ? -Infinity : Infinity;
      },
      next: () => pause(Math.min(ms * 2, limits.longestPauseMs)),
    };
  };
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof ModelError && COUNTED.has(error.failure)),
    {
      breaker: new ConsecutiveBreaker(limits.failures),
      halfOpenAfter: { next: () => pause(limits.firstPauseMs) },
    },
  );
  return {
    usedAt: now(),
    pausedMs: () => {
      if (breaker.state === CircuitState.HalfOpen) return limits.firstPauseMs;
      return breaker.state === CircuitState.Open ? Math.max(0, reopensAt - now()) : 0;
    },
    run: (work, isCancelled) => runIn(breaker, work, isCancelled),
  };
}

/** Hides a failure from the breaker. */
class Cancelled extends Error {
  readonly failure: unknown;
  constructor(failure: unknown) {
    super('cancelled');
    this.failure = failure;
  }
}

async function runIn<T>(
  breaker: CircuitBreakerPolicy,
  work: () => Promise<T>,
  isCancelled: () => boolean,
): Promise<T> {
  // A probe that is given up has not found out that all is well.
  const isProbe = breaker.state !== CircuitState.Closed;
  try {
    return await breaker.execute(() =>
      work().catch((error: unknown) => {
        throw isCancelled() && !isProbe ? new Cancelled(error) : error;
      }),
    );
  } catch (error) {
    throw error instanceof Cancelled ? error.failure : error;
  }
}
