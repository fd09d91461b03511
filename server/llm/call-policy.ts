import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError, type ChatReply, type ChatRequest, type ChatVendor } from './chat.ts';
import { createCircuits, type CircuitLimits, type Circuits } from './circuits.ts';

/** One request of a call, whatever came of it. */
export type Attempt = {
  /** Wall clock, epoch ms. */
  readonly startedAt: number;
  readonly latencyMs: number;
} & ({ readonly reply: ChatReply } | { readonly error: ModelError });

export interface CallOptions {
  /** Whose failures count together. */
  readonly circuit: string;
  /** When the call has to be over, by `wallNow`. */
  readonly deadlineAt: number;
  /** Wall clock, epoch ms. */
  readonly wallNow: () => number;
  /** Told of every request, before the call ends. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/** How often, how long and whether at all a model is asked. */
export interface CallPolicy {
  /**
   * Asks, and asks again at most twice after failures that may pass, while there is time. The request's signal ends it at
   * once. Nothing is sent while the circuit is open (`paused`) or when no time is left (`timeout`).
   * @throws ModelError the last one.
   */
  call(vendor: ChatVendor, request: ChatRequest, options: CallOptions): Promise<ChatReply>;
}

/** What a test brings instead of the machine's. */
export interface CallTimers {
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Rejects when the signal ends it. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Aborts after `ms` with a TimeoutError. */
  readonly timeout: (ms: number) => AbortSignal;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface CallPolicyOptions {
  readonly timers?: Partial<CallTimers>;
  readonly circuits?: CircuitLimits;
}

const MOST_RETRIES = 2;
/** What the wait before the first retry is drawn from, ms; twice as much for each later one. */
const FIRST_WAIT_MS = 1000;
/** No model answers in less, so less is no time to ask in, ms. */
const LEAST_CALL_MS = 500;

/** The longest that a timer takes, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const MACHINE: CallTimers = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  timeout: (ms) => AbortSignal.timeout(Math.min(Math.ceil(ms), LONGEST_TIMER_MS)),
  random: () => Math.random(),
};

export function createCallPolicy({ timers, circuits }: CallPolicyOptions = {}): CallPolicy {
  const clock = { ...MACHINE, ...timers };
  const state: PolicyState = { timers: clock, circuits: createCircuits(clock.now, circuits) };
  return { call: (vendor, request, options) => call(state, { vendor, request }, options) };
}

interface PolicyState {
  readonly timers: CallTimers;
  readonly circuits: Circuits;
}

interface Question {
  readonly vendor: ChatVendor;
  readonly request: ChatRequest;
}

async function call(state: PolicyState, question: Question, options: CallOptions): Promise<ChatReply> {
  refusePaused(state, question, options);
  refuseLate(question, options);
  for (let retries = 0; ; retries += 1) {
    try {
      return await state.circuits.run(
        options.circuit,
        () => attempt(state, question, options),
        () => isCancelled(question.request.signal),
      );
    } catch (error) {
      const waitMs = waitBefore(state, { error, retries, question }, options);
      if (waitMs === null) throw error;
      await state.timers.sleep(waitMs, question.request.signal).catch(() => {
        throw error;
      });
      // Others may have failed meanwhile, and this failure says more than that they did.
      if (state.circuits.pausedMs(options.circuit) > 0) throw error;
    }
  }
}

/** @returns how long to wait for the next try, ms; null = there is none. */
function waitBefore(
  { timers, circuits }: PolicyState,
  { error, retries, question }: { error: unknown; retries: number; question: Question },
  { circuit, deadlineAt, wallNow }: CallOptions,
): number | null {
  if (!(error instanceof ModelError) || !error.isRetryable || retries >= MOST_RETRIES) return null;
  if (question.request.signal.aborted || circuits.pausedMs(circuit) > 0) return null;
  const jitter = timers.random() * FIRST_WAIT_MS * 2 ** retries;
  const waitMs = (error.retryAfterMs ?? 0) + jitter;
  return wallNow() + waitMs + LEAST_CALL_MS <= deadlineAt ? waitMs : null;
}

async function attempt(
  { timers }: PolicyState,
  { vendor, request }: Question,
  { deadlineAt, wallNow, onAttempt }: CallOptions,
): Promise<ChatReply> {
  const startedAt = wallNow();
  const from = timers.now();
  const measured = () => ({ startedAt, latencyMs: Math.round(timers.now() - from) });
  const signal = AbortSignal.any([request.signal, timers.timeout(Math.max(0, deadlineAt - startedAt))]);
  let reply: ChatReply;
  try {
    reply = await vendor.complete({ ...request, signal });
  } catch (error) {
    if (error instanceof ModelError) onAttempt?.({ ...measured(), error });
    throw error;
  }
  onAttempt?.({ ...measured(), reply });
  return reply;
}

function refusePaused(
  { circuits }: PolicyState,
  { vendor, request }: Question,
  { circuit }: CallOptions,
): void {
  const pausedMs = circuits.pausedMs(circuit);
  if (pausedMs <= 0) return;
  const seconds = Math.ceil(pausedMs / 1000);
  throw new ModelError(
    sourceOf(vendor, request),
    `it failed too often in a row and is left alone; it is asked again in ${seconds} s`,
    { failure: 'paused', isRetryable: true, retryAfterMs: Math.ceil(pausedMs) },
  );
}

function refuseLate({ vendor, request }: Question, { deadlineAt, wallNow }: CallOptions): void {
  if (wallNow() + LEAST_CALL_MS <= deadlineAt) return;
  throw new ModelError(sourceOf(vendor, request), 'there was no time left to ask', {
    failure: 'timeout',
    isRetryable: false,
  });
}

function sourceOf({ type }: ChatVendor, { target }: ChatRequest): string {
  return URL.parse(target.baseUrl ?? '')?.host ?? type;
}

/** Whoever asked gave up, which a deadline does not mean. */
function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof Error && reason.name === 'TimeoutError');
}
