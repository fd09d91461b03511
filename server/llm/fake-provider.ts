import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision } from '../engine/model.ts';
import { UpstreamError } from '../errors.ts';
import { NO_THINKING, type DecideRequest, type DecideResult, type LlmProvider } from './provider.ts';

/** One answer: raw text, decisions, something made from the request, an error to throw, or one of them late. */
export type FakeStep =
  | string
  | readonly Decision[]
  | Error
  | ((request: DecideRequest) => FakeStep | Promise<FakeStep>)
  | { readonly delayMs: number; readonly answer: FakeStep };

export interface FakeProvider extends LlmProvider {
  /** What it was asked, oldest first. */
  readonly requests: readonly DecideRequest[];
}

/**
 * A decider that says what its script says, one step per question, and HOLD when the script has ended.
 * It charges a token per four characters and a micro-USD per token. Errors that are no UpstreamError are wrapped in one.
 */
export function fakeProvider(script: readonly FakeStep[] = [], type = 'fake'): FakeProvider {
  const requests: DecideRequest[] = [];
  return {
    type,
    requests,
    async decide(request) {
      const step = script[requests.length] ?? [{ action: 'HOLD', reasoning: 'The script has ended.' }];
      requests.push(request);
      return toResult(request, await unlessAborted(play(step, request), request.signal));
    },
  };
}

async function play(step: FakeStep, request: DecideRequest): Promise<string> {
  if (typeof step === 'string') return step;
  if (step instanceof Error) throw step;
  if (typeof step === 'function') return play(await step(request), request);
  if (!('delayMs' in step)) return JSON.stringify({ decisions: step });
  await sleep(step.delayMs, undefined, { signal: request.signal });
  return play(step.answer, request);
}

/** Whatever the script does, an abort ends it at once and every failure is an UpstreamError. */
async function unlessAborted(work: Promise<string>, signal: AbortSignal): Promise<string> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new Error('the request was cancelled', { cause: signal.reason }));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, work]);
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause;
    throw new UpstreamError('fake', cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function toResult(request: DecideRequest, answer: string): DecideResult {
  const tokensIn = Math.ceil(request.prompt.length / 4);
  const tokensOut = Math.ceil(answer.length / 4);
  return {
    answer,
    model: 'scripted',
    tokensIn,
    tokensCached: 0,
    tokensOut,
    costMicros: tokensIn + tokensOut,
    finishReason: null,
    thinking: NO_THINKING,
  };
}
