import {
  ModelError,
  type ChatMessage,
  type ChatReply,
  type ChatRequest,
  type ChatVendor,
  type TokenUsage,
  type ToolSpec,
} from './chat.ts';
import type { Attempt, CallPolicy } from './call-policy.ts';
import { costMicros } from './price.ts';
import type { ModelAccess, ModelCall } from './provider.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A model as one asks it, and until when. */
export interface ModelRequest {
  readonly access: Pick<ModelAccess, 'circuit' | 'target' | 'price'>;
  /** Wall clock, epoch ms. */
  readonly wallNow: () => number;
  /** When the time for all of it ends, by `wallNow`. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
}

export interface Question {
  readonly purpose: ModelCall['purpose'];
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolSpec[];
  readonly answer?: ChatRequest['answer'];
  readonly maxTokensOut: number;
}

/** Asks one model within one deadline, and keeps the bill. */
export interface Caller {
  /** Every attempt so far, oldest first. */
  readonly calls: readonly ModelCall[];
  /** Ends with the request's signal, and shortly before its deadline. */
  readonly signal: AbortSignal;
  /** Until `signal` ends. */
  readonly leftMs: () => number;
  /** Throws ModelError alone; `timeout` when the time is up or the request was cancelled. */
  ask(question: Question): Promise<ChatReply>;
  /** Awaits something else within the same time. Throws ModelError when it is up. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** Kept of the time, so that what was spent is told before whoever waits for it gives up. */
const RESERVE_MS = 500;
/** How long a call that is cut off has to end by itself, and to tell of its last attempt. */
const GRACE_MS = 250;
/** Longest delay a timer takes. */
const MAX_DELAY_MS = 2_147_483_647;

export function createCaller(vendor: ChatVendor, policy: CallPolicy, request: ModelRequest): Caller {
  const { access, wallNow } = request;
  const deadlineAt = request.deadlineAt - RESERVE_MS;
  const calls: ModelCall[] = [];
  const leftMs = (): number => deadlineAt - wallNow();
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(leftMs())));
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(delayMs)]);

  async function within<T>(work: Promise<T>): Promise<T> {
    try {
      return await unlessAborted(work, signal, GRACE_MS);
    } catch (error) {
      if (error instanceof ModelError || !signal.aborted) throw error;
      throw timeUp(vendor, request.signal.aborted);
    }
  }

  async function ask({ purpose, tools = [], answer = null, ...rest }: Question): Promise<ChatReply> {
    if (signal.aborted || leftMs() <= 0) throw timeUp(vendor, request.signal.aborted);
    const onAttempt = (attempt: Attempt): void =>
      void calls.push(toCall(attempt, { purpose, tools, access }));
    const asked = { ...rest, target: access.target, tools, answer, signal };
    return within(policy.call(vendor, asked, { circuit: access.circuit, deadlineAt, wallNow, onAttempt }));
  }

  return { calls, signal, leftMs, ask, within };
}

function timeUp(vendor: ChatVendor, wasCancelled: boolean): ModelError {
  const message = wasCancelled ? 'the request was cancelled' : 'the time for an answer is over';
  return new ModelError(vendor.type, message, { failure: 'timeout', isRetryable: !wasCancelled });
}

const NOTHING: TokenUsage = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** A question that offered tools is analysis, unless the reply is the decision already. */
function toCall(
  attempt: Attempt,
  {
    purpose,
    tools,
    access,
  }: Pick<Question, 'purpose'> & { tools: readonly ToolSpec[] } & Pick<ModelRequest, 'access'>,
): ModelCall {
  const { startedAt, latencyMs } = attempt;
  const reply = 'reply' in attempt ? attempt.reply : null;
  const { tokensIn, tokensCached, tokensOut } = reply?.usage ?? NOTHING;
  const usage = { tokensIn, tokensCached, tokensOut };
  const isDecision = tools.length > 0 && reply?.toolCalls.length === 0;
  return {
    purpose: isDecision ? 'decide' : purpose,
    startedAt,
    latencyMs,
    model: access.target.model,
    ...usage,
    costMicros: costMicros(usage, access.price),
    failure: 'error' in attempt ? attempt.error.failure : null,
    finishReason: reply?.finishReason ?? null,
  };
}

/** Of all calls together. */
export function totalUsage(calls: readonly ModelCall[]): TokenUsage & { readonly costMicros: number | null } {
  const sum = (of: (call: ModelCall) => number): number => calls.reduce((total, call) => total + of(call), 0);
  return {
    tokensIn: sum(({ tokensIn }) => tokensIn),
    tokensCached: sum(({ tokensCached }) => tokensCached),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    costMicros: calls.some((call) => call.costMicros === null) ? null : sum((call) => call.costMicros ?? 0),
  };
}
