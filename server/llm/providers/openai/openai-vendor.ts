import OpenAI, { APIError } from 'openai';
import { Stream } from 'openai/streaming';
import { ModelError, type ChatReply, type ChatRequest, type ChatVendor } from '../../chat.ts';
import { contextOf, parseJson, type AnswerContext } from '../answers.ts';
import { cutOff, failureOfAnswer, failureOfError, hostOf, requireSendable } from '../model-failures.ts';
import { createAnswerReader, failureOfError200, type AnswerReader } from './answer.ts';
import { bodyOf } from './request-body.ts';

export interface OpenAiOptions {
  /** The guarded one: it decides what may be reached, how long that takes and how large an answer is. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Whether to ask for a stream. A token of a stream takes some 300 bytes and one of a whole answer 4, so a stream needs a
   * `fetch` that takes larger answers (`docs/adr/2026-11-21-models-answer-whole.md`).
   */
  readonly streams?: boolean;
  /** Wall clock, epoch ms, for `Retry-After` with a date. */
  readonly wallNow?: () => number;
}

type Settings = Required<OpenAiOptions>;

const OWN_URL = 'https://api.openai.com/v1';

/**
 * OpenAI and all who speak its chat completions. Reads streams and whole answers, whichever was asked for. A server that
 * counts no tokens gets counts of 0: nothing is guessed here.
 */
export function createOpenAiVendor({
  fetch,
  streams = false,
  wallNow = Date.now,
}: OpenAiOptions): ChatVendor {
  return { type: 'openai', complete: (request) => complete({ fetch, streams, wallNow }, request) };
}

async function complete(settings: Settings, request: ChatRequest): Promise<ChatReply> {
  const { target, signal } = request;
  const baseUrl = baseUrlOf(target.baseUrl);
  const host = hostOf(baseUrl);
  requireSendable(host, target.apiKey);
  if (signal.aborted) throw cutOff(host, signal);
  const client = createClient(settings.fetch, baseUrl, target.apiKey);
  try {
    const body = bodyOf(request, { host, streams: settings.streams });
    const response = await client.chat.completions.create(body, { signal }).asResponse();
    return await readResponse(client, response, { ...contextOf(request, host), signal });
  } catch (error) {
    throw toModelError(error, { host, signal, now: settings.wallNow() });
  }
}

/** People copy the address of the method, too. */
function baseUrlOf(baseUrl: string | null): string {
  return (baseUrl ?? OWN_URL).replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
}

/** What the SDK tells of the machine it runs on. */
const TELLTALES = ['Arch', 'Lang', 'OS', 'Package-Version', 'Runtime', 'Runtime-Version', 'Retry-Count'];

/** Everything is given, because the SDK takes from the environment what is not. */
function createClient(fetch: Settings['fetch'], baseURL: string, apiKey: string | null): OpenAI {
  const withoutTelltales = Object.fromEntries(TELLTALES.map((name) => [`X-Stainless-${name}`, null]));
  return new OpenAI({
    baseURL,
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    fetch,
    maxRetries: 0,
    // Its log goes to the console and holds what the upstream says.
    logLevel: 'off',
    defaultHeaders: {
      ...withoutTelltales,
      'User-Agent': 'arena',
      ...(apiKey === null ? { Authorization: null } : {}),
    },
  });
}

interface ReadContext extends AnswerContext {
  readonly signal: AbortSignal;
}

async function readResponse(client: OpenAI, response: Response, context: ReadContext): Promise<ChatReply> {
  const reader = createAnswerReader(context);
  if (isEventStream(response.headers.get('content-type'))) {
    await addStream(reader, client, response);
    if (context.signal.aborted) throw cutOff(context.host, context.signal);
    return reader.finish(false);
  }
  const text = await response.text();
  // Some send a stream under another name.
  if (/^\s*(?:data|event|:)/.test(text)) {
    await addStream(reader, client, new Response(text));
    return reader.finish(false);
  }
  reader.add(parseJson(text, context.host));
  return reader.finish(true);
}

function isEventStream(contentType: string | null): boolean {
  return contentType?.toLowerCase().startsWith('text/event-stream') ?? false;
}

/** Ends without a word when its signal does. */
async function addStream(reader: AnswerReader, client: OpenAI, response: Response): Promise<void> {
  for await (const piece of Stream.fromSSEResponse<unknown>(response, new AbortController(), client))
    reader.add(piece);
}

interface FailureContext {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly now: number;
}

function toModelError(error: unknown, { host, signal, now }: FailureContext): ModelError {
  if (error instanceof ModelError) return error;
  if (signal.aborted) return cutOff(host, signal);
  if (!(error instanceof APIError)) return failureOfError(host, error, signal);
  if (typeof error.status === 'number') {
    const { status, headers } = error;
    return failureOfAnswer(host, { status, headers, words: wordsOf(error) }, now);
  }
  // In the middle of a stream.
  if (error.error !== undefined) return failureOfError200(host, error.error);
  return failureOfError(host, error, signal);
}

/** The message holds the body where it is no JSON. */
function wordsOf(error: APIError): string {
  return `${error.code} ${error.type} ${error.message} ${JSON.stringify(error.error)}`;
}
