import { UpstreamError } from '../errors.ts';

/** A conversation with a model, in words that every vendor's API can say. Oldest first. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** What the vendor wants back unchanged with the next request, such as signatures of thoughts. */
      readonly vendorState?: unknown;
    }
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly text: string };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it; parsed and checked by the tool. */
  readonly argumentsJson: string;
}

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How strictly an endpoint can be told what form its answer has; each includes those after it. */
export type Structure = 'schema' | 'json' | 'text';

/** Where a model is and what it can do. */
export interface ModelTarget {
  /** null = the vendor's own. */
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  readonly model: string;
  readonly structure: Structure;
  readonly hasTools: boolean;
}

export interface ChatRequest {
  readonly target: ModelTarget;
  readonly messages: readonly ChatMessage[];
  /** Empty = none may be called. */
  readonly tools: readonly ToolSpec[];
  /** The form of the answer; null = free text. Ignored where the endpoint has no way to be told. */
  readonly answer: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> } | null;
  /** Tokens the model may write, its thoughts included. */
  readonly maxTokensOut: number;
  /** Ends the call, its socket included. */
  readonly signal: AbortSignal;
}

export interface TokenUsage {
  /** All that was read, `cached` included. */
  readonly tokensIn: number;
  /** Of `tokensIn`, what the vendor had kept from earlier calls. */
  readonly tokensCached: number;
  /** All that was written, thoughts included. */
  readonly tokensOut: number;
}

/** `stop`: the answer is whole. */
export type FinishReason = 'stop' | 'tools' | 'length' | 'filter' | 'other';

export interface ChatReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  /** As the vendor names it, which may be more exact than what was asked for. */
  readonly model: string;
  readonly usage: TokenUsage;
  readonly vendorState?: unknown;
}

/** One vendor's API. Implementations do one HTTP request a call, never retry, and throw ModelError alone. */
export interface ChatVendor {
  /** As `llm_providers.provider_type`. */
  readonly type: string;
  complete(request: ChatRequest): Promise<ChatReply>;
}

/**
 * Why a model gave no answer. `key`: 401 and 403. `credit`: 402, or a quota that is used up for good. `busy`: 429. `broken`:
 * 5xx. `timeout`: it took too long, or was cut off. `network`: no connection. `too-large`: its answer broke the byte cap.
 * `refused`: it would not answer this (400, 404, a filter). `garbled`: what came is no answer of its API. `paused`: too
 * many failures came before, so nothing was sent.
 */
export type ModelFailure =
  | 'key'
  | 'credit'
  | 'busy'
  | 'broken'
  | 'timeout'
  | 'network'
  | 'too-large'
  | 'refused'
  | 'garbled'
  | 'paused';

/** A model gave no answer. The message is ours, for the bot's owner: never the upstream's words, never a key. */
export class ModelError extends UpstreamError {
  override name = 'ModelError';
  readonly failure: ModelFailure;
  /** HTTP status; null when there was none. */
  readonly status: number | null;
  /** How long the vendor asks to wait, ms; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    source: string,
    message: string,
    about: {
      failure: ModelFailure;
      isRetryable: boolean;
      status?: number | null;
      retryAfterMs?: number | null;
    },
  ) {
    super(source, message, { isRetryable: about.isRetryable });
    this.failure = about.failure;
    this.status = about.status ?? null;
    this.retryAfterMs = about.retryAfterMs ?? null;
  }
}
