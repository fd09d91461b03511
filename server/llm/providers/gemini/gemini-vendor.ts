import { z } from 'zod';
import { ModelError, type ChatReply, type ChatRequest, type ChatVendor } from '../../chat.ts';
import { contextOf, parseJson } from '../answers.ts';
import { cutOff, failureOfAnswer, failureOfError, hostOf, requireSendable } from '../model-failures.ts';
import { readDuration } from '../retry-after.ts';
import { readAnswer } from './answer.ts';
import { bodyOf } from './request-body.ts';

export interface GeminiOptions {
  /** The guarded one: it decides what may be reached, how long that takes and how large an answer is. */
  readonly fetch: typeof globalThis.fetch;
  /** Wall clock, epoch ms, for `Retry-After` with a date. */
  readonly wallNow?: () => number;
}

const OWN_URL = 'https://generativelanguage.googleapis.com';

/**
 * Google's Gemini by its REST API, `generateContent`. The SDK's own client has no way to be given a `fetch` and would go
 * past the guard, so only its types are used (`docs/adr/2026-11-21-models-answer-whole.md`). The form of an answer is not
 * asked for where tools are: models before Gemini 3 refuse both at once.
 */
export function createGeminiVendor({ fetch, wallNow = Date.now }: GeminiOptions): ChatVendor {
  return { type: 'gemini', complete: (request) => complete({ fetch, wallNow }, request) };
}

async function complete(
  { fetch, wallNow }: Required<GeminiOptions>,
  request: ChatRequest,
): Promise<ChatReply> {
  const { target, signal } = request;
  const url = urlOf(target.baseUrl, target.model);
  const host = hostOf(url);
  requireSendable(host, target.apiKey);
  if (signal.aborted) throw cutOff(host, signal);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: headersOf(target.apiKey),
      body: JSON.stringify(bodyOf(request)),
      signal,
    });
    const text = await response.text();
    if (!response.ok) throw failureOfResponse(host, { response, text }, wallNow());
    return readAnswer(parseJson(text, host), contextOf(request, host));
  } catch (error) {
    throw failureOfError(host, error, signal);
  }
}

/** @param baseUrl with the version of the API or without. */
function urlOf(baseUrl: string | null, model: string): string {
  const base = (baseUrl ?? OWN_URL).replace(/\/+$/, '');
  const versioned = /\/v\d+(?:alpha|beta)?\d*$/.test(base) ? base : `${base}/v1beta`;
  const name = model.includes('/') ? model : `models/${model}`;
  if (/^[\w.:@-]+(?:\/[\w.:@-]+)*$/.test(name) && !name.includes('..'))
    return `${versioned}/${name}:generateContent`;
  throw new ModelError(hostOf(base), 'it can have no model of this name', {
    failure: 'refused',
    isRetryable: false,
  });
}

function headersOf(apiKey: string | null): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'arena',
    ...(apiKey === null ? {} : { 'x-goog-api-key': apiKey }),
  };
}

/** Google says how long to wait in a detail of type `RetryInfo`. */
const errorSchema = z.looseObject({
  error: z.looseObject({ details: z.array(z.looseObject({ retryDelay: z.string().optional() })).optional() }),
});

function failureOfResponse(
  host: string,
  { response, text }: { response: Response; text: string },
  now: number,
): ModelError {
  const { status, headers } = response;
  return failureOfAnswer(host, { status, headers, words: text, retryAfterMs: retryDelayOf(text) }, now);
}

function retryDelayOf(text: string): number | null {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(text));
    const delays = parsed.data?.error.details?.flatMap(({ retryDelay }) => retryDelay ?? []) ?? [];
    return delays[0] === undefined ? null : readDuration(delays[0]);
  } catch {
    // An error that is no JSON says nothing but its status.
    return null;
  }
}
