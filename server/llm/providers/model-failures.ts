import { OutboundError } from '../outbound/failures.ts';
import { ModelError } from '../chat.ts';
import { readRetryAfter } from './retry-after.ts';

/** What an answer with an error says, of which nothing is shown to anybody. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Codes and sentences of its body. */
  readonly words: string;
  /** When its body says how long to wait, ms. */
  readonly retryAfterMs?: number | null;
}

/** What vendors write when there is nothing left to pay with; they send it with 400, 403 or 429, too. */
const OUT_OF_CREDIT =
  /insufficient[_ ](?:quota|balance|credits?|funds)|billing[_ ](?:hard[_ ]limit|not[_ ]active)|credit balance is too low|used all available credits|spending limit/i;

/** What Gemini and Grok write with 400. */
const WRONG_KEY = /API_KEY_INVALID|(?:incorrect|invalid) api key|api key not valid|api key expired/i;

/** @param now wall clock, epoch ms. */
export function failureOfAnswer(host: string, answer: ErrorAnswer, now: number): ModelError {
  const { failure, isRetryable, says } = judge(answer);
  const retryAfterMs = answer.retryAfterMs ?? readRetryAfter(answer.headers, now);
  return new ModelError(host, `${says} (status ${answer.status})`, {
    failure,
    isRetryable,
    status: answer.status,
    retryAfterMs,
  });
}

interface Judgement {
  readonly failure: ModelError['failure'];
  readonly isRetryable: boolean;
  readonly says: string;
}

const lasting = (failure: ModelError['failure'], says: string): Judgement => ({
  failure,
  isRetryable: false,
  says,
});
const passing = (failure: ModelError['failure'], says: string): Judgement => ({
  failure,
  isRetryable: true,
  says,
});

const KEY = lasting('key', 'it does not accept the key: check that it is right, and what it may do');
const CREDIT = lasting('credit', 'the account of the key has no credit left');

function judge({ status, words }: ErrorAnswer): Judgement {
  if (status === 402) return CREDIT;
  if ([400, 403, 429].includes(status) && OUT_OF_CREDIT.test(words)) return CREDIT;
  if (status === 401 || status === 403 || (status === 400 && WRONG_KEY.test(words))) return KEY;
  if (status === 429) return passing('busy', 'it is busy, or is asked too often with this key');
  if (status === 408) return passing('timeout', 'it took too long by its own measure');
  if (status >= 500) return passing('broken', 'it has a fault of its own');
  if (status === 404) return lasting('refused', 'it knows no such model, or its address is not complete');
  return lasting('refused', 'it does not accept this request; the model may not be able to do what is asked');
}

/**
 * Makes a ModelError of whatever ended a request: without its cause, because the errors of SDKs hold the key and the
 * upstream's words.
 */
export function failureOfError(host: string, error: unknown, signal: AbortSignal): ModelError {
  if (error instanceof ModelError) return error;
  if (signal.aborted) return cutOff(host, signal);
  if (error instanceof SyntaxError) return damaged(host);
  const outbound = findOutboundError(error);
  if (!outbound) return garbled(host, 'its answer cannot be read');
  const { failure, reason, isRetryable } = outbound;
  return new ModelError(outbound.host, reason, { failure, isRetryable });
}

/** Whoever asked has ended it; asking again with the same signal is of no use. */
export function cutOff(host: string, signal: AbortSignal): ModelError {
  const says = isTimeout(signal.reason) ? 'it took longer than it may' : 'it was cut off before it answered';
  return new ModelError(host, says, { failure: 'timeout', isRetryable: false });
}

/** It is no answer of its API. @param says in words of ours. */
export function garbled(host: string, says: string): ModelError {
  return new ModelError(host, says, { failure: 'garbled', isRetryable: false });
}

/** It may come whole the next time. */
export function damaged(host: string): ModelError {
  return new ModelError(host, 'its answer broke off or is damaged', {
    failure: 'garbled',
    isRetryable: true,
  });
}

/** It answered that it will not answer. */
export function refusedAnswer(host: string): ModelError {
  return new ModelError(host, 'its filter does not let it answer this', {
    failure: 'refused',
    isRetryable: false,
  });
}

/** Who is blamed. @throws ModelError */
export function hostOf(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (url) return url.host;
  throw new ModelError('the model', 'its address is not a valid web address', {
    failure: 'refused',
    isRetryable: false,
  });
}

/** Checked before the SDKs see it: what they say of a key they cannot send holds it. */
export function requireSendable(host: string, apiKey: string | null): void {
  if (apiKey === null || /^[\x21-\x7e]+$/.test(apiKey)) return;
  throw new ModelError(host, 'the key holds characters that no key has: enter it again', {
    failure: 'key',
    isRetryable: false,
  });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** SDKs wrap what `fetch` throws. */
function findOutboundError(error: unknown): OutboundError | null {
  if (error instanceof OutboundError) return error;
  return error instanceof Error ? findOutboundError(error.cause) : null;
}
