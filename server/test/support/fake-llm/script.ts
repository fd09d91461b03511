/** What a fake of a vendor's API does with a request, in words that both APIs can say. */
export type FakeLlmStep =
  | string
  | FakeAnswer
  | FakeStatus
  | FakeFault
  | ((request: FakeLlmRequest) => FakeLlmStep | Promise<FakeLlmStep>);

export interface FakeAnswer {
  readonly text?: string;
  readonly toolCalls?: readonly FakeToolCall[];
  /** In the API's own words; without it what fits the answer. */
  readonly finish?: string | null;
  /** null = the answer counts nothing. Without it a token per four characters. */
  readonly usage?: FakeUsage | null;
  readonly model?: string;
  /** Thoughts, where the API shows them. */
  readonly reasoning?: string;
  readonly delayMs?: number;
  /** The body goes out in pieces of so many bytes, with so much time between. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /** One JSON although a stream was asked for, or a stream although none was. */
  readonly form?: 'whole' | 'stream';
  /** Instead of what the form has. */
  readonly contentType?: string;
  /** So many characters of the body, and then a proper end. */
  readonly cutAt?: number;
  /** The connection stays open behind the answer. */
  readonly staysOpen?: boolean;
}

export interface FakeToolCall {
  /** Without it the API's own. */
  readonly id?: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface FakeUsage {
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly tokensCached?: number;
  /** Of `tokensOut`. */
  readonly thoughts?: number;
}

export interface FakeStatus {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is; without it an error of the API. */
  readonly body?: unknown;
  readonly delayMs?: number;
}

/**
 * `hang`: no answer. `hang-in-body`: the first bytes, then silence. `reset`, `reset-in-body`: the connection breaks. `huge`:
 * 100 MB of a text. `endless`: as much as is taken. `gzip-bomb`: 100 MB of a text in some kilobytes. `redirect`: to the same
 * address. `html`: a page with status 200. `not-http`: other bytes.
 */
export interface FakeFault {
  readonly fault:
    | 'hang'
    | 'hang-in-body'
    | 'reset'
    | 'reset-in-body'
    | 'huge'
    | 'endless'
    | 'gzip-bomb'
    | 'redirect'
    | 'html'
    | 'not-http';
}

export interface FakeLlmRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly model: string;
  readonly isStream: boolean;
}

export interface FakeLlmOptions {
  /** Requests with another key get 401; without it every key is right. */
  readonly key?: string;
}

export interface FakeLlm extends AsyncDisposable {
  /** To be used as `target.baseUrl`. */
  readonly url: string;
  /** Valid ones, oldest first. */
  readonly requests: readonly FakeLlmRequest[];
  /** What was wrong with the requests that were answered with 400. */
  readonly problems: readonly string[];
  /** Adds to what is left of the script; when nothing is left, the answer is `{"decisions":[]}`. */
  push(...steps: readonly FakeLlmStep[]): void;
  /** Connections since the start. */
  connections(): number;
  /** Resolves when nobody is connected any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export const EMPTY_ANSWER = '{"decisions":[]}';

const CHARACTERS_PER_TOKEN = 4;

export function usageOf(answer: FakeAnswer, request: FakeLlmRequest): FakeUsage | null {
  if (answer.usage !== undefined) return answer.usage;
  const written = `${answer.text ?? ''}${JSON.stringify(answer.toolCalls ?? [])}`;
  const count = (text: string) => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  return { tokensIn: count(request.text), tokensOut: count(written) };
}

/** A text in pieces, as models write it. Characters beyond the basic plane stay whole. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/.{1,7}/gsu) ?? [];
}
