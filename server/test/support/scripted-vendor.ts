import {
  ModelError,
  type ChatReply,
  type ChatRequest,
  type ChatVendor,
  type ModelFailure,
} from '../../llm/chat.ts';
import type { CallPolicy } from '../../llm/call-policy.ts';

/** A reply in its parts, an error to throw, or one of them made from the request. */
export type VendorStep =
  | Partial<ChatReply>
  | Error
  | ((request: ChatRequest) => VendorStep | Promise<VendorStep>);

export interface ScriptedVendor extends ChatVendor {
  /** What it was asked, oldest first, as it was at that moment. */
  readonly requests: readonly ChatRequest[];
}

/** A vendor in memory that says what its script says, a step a request. A request beyond the script is a bug of the test. */
export function scriptedVendor(script: readonly VendorStep[]): ScriptedVendor {
  const requests: ChatRequest[] = [];
  return {
    type: 'scripted',
    requests,
    async complete(request) {
      let step = script[requests.length];
      requests.push({ ...request, messages: [...request.messages] });
      while (typeof step === 'function') step = await step(request);
      if (step instanceof Error) throw step;
      if (!step) throw new TypeError(`The script has no step ${requests.length}.`);
      return replyOf(step);
    },
  };
}

function replyOf(parts: Partial<ChatReply>): ChatReply {
  return {
    text: '',
    toolCalls: [],
    finishReason: parts.toolCalls ? 'tools' : 'stop',
    model: 'scripted-1',
    usage: { tokensIn: 100, tokensCached: 20, tokensOut: 10 },
    ...parts,
  };
}

export function modelError(failure: ModelFailure): ModelError {
  return new ModelError('scripted', `failed as ${failure}`, { failure, isRetryable: false });
}

/** Sends every request once, or `attempts` times while it fails; each attempt takes 250 ms of a wall clock that stands still. */
export function plainPolicy(attempts = 1): CallPolicy {
  return {
    async call(vendor, request, { onAttempt, wallNow }) {
      for (let attempt = 1; ; attempt += 1) {
        const timing = { startedAt: wallNow(), latencyMs: 250 };
        try {
          const reply = await vendor.complete(request);
          onAttempt?.({ ...timing, reply });
          return reply;
        } catch (error) {
          if (!(error instanceof ModelError)) throw error;
          onAttempt?.({ ...timing, error });
          if (attempt >= attempts) throw error;
        }
      }
    },
  };
}
