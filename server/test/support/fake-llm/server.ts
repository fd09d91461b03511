import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveHttp } from '../local-server.ts';
import { doFault, type BodyStart } from './faults.ts';
import {
  EMPTY_ANSWER,
  type FakeAnswer,
  type FakeLlm,
  type FakeLlmOptions,
  type FakeLlmRequest,
  type FakeLlmStep,
  type FakeStatus,
} from './script.ts';

/** How an API says things. */
export interface Dialect {
  /** What a base URL has behind its host. */
  readonly basePath: string;
  /** Why a request is none of this API; null when it is one. */
  check(request: FakeLlmRequest): string | null;
  /** From the path and body; null when the path is none of this API. */
  identify(
    path: string,
    body: Readonly<Record<string, unknown>>,
  ): { readonly model: string; readonly isStream: boolean } | null;
  keyOf(headers: FakeLlmRequest['headers']): string | undefined;
  /** The JSON of a whole answer. */
  whole(answer: FakeAnswer, request: FakeLlmRequest): unknown;
  /** The events of a stream, with what ends them. */
  stream(answer: FakeAnswer, request: FakeLlmRequest): string;
  error(status: number, message: string): unknown;
  /** A text that has begun. */
  start(isStream: boolean): string;
}

interface Served {
  readonly script: FakeLlmStep[];
  readonly requests: FakeLlmRequest[];
  readonly problems: string[];
}

/** A real server on 127.0.0.1 that speaks a dialect and does what its script says, a step for each valid request. */
export async function startFakeLlm(
  dialect: Dialect,
  steps: readonly FakeLlmStep[],
  options: FakeLlmOptions = {},
): Promise<FakeLlm> {
  const served: Served = { script: [...steps], requests: [], problems: [] };
  const failures: unknown[] = [];
  const server = await serveHttp((incoming, response) => {
    // Whoever asks may leave at any time.
    response.on('error', () => {});
    answer({ dialect, served, options }, incoming, response).catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  const close = async () => {
    await server[Symbol.asyncDispose]();
    if (failures.length > 0) throw new AggregateError(failures, 'the fake of an LLM failed');
  };
  return {
    url: `${server.url}${dialect.basePath}`,
    requests: served.requests,
    problems: served.problems,
    push: (...more) => void served.script.push(...more),
    connections: () => server.connections(),
    idle: () => server.idle(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Deps {
  readonly dialect: Dialect;
  readonly served: Served;
  readonly options: FakeLlmOptions;
}

async function answer(deps: Deps, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { dialect, served, options } = deps;
  const request = await readRequest(dialect, incoming);
  const problem = typeof request === 'string' ? request : dialect.check(request);
  if (problem !== null || typeof request === 'string') {
    served.problems.push(String(problem));
    return sendStatus(dialect, response, { status: 400, body: dialect.error(400, String(problem)) });
  }
  if (options.key !== undefined && dialect.keyOf(request.headers) !== options.key)
    return sendStatus(dialect, response, { status: 401 });
  served.requests.push(request);
  await perform({ dialect, request, response }, served.script.shift() ?? EMPTY_ANSWER);
}

async function readRequest(dialect: Dialect, incoming: IncomingMessage): Promise<FakeLlmRequest | string> {
  const text = ((await incoming.setEncoding('utf8').toArray()) as string[]).join('');
  const path = incoming.url ?? '';
  if (incoming.method !== 'POST') return `${incoming.method} is not possible`;
  if (incoming.headers['content-type'] !== 'application/json') return 'the content type is not JSON';
  try {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const about = dialect.identify(path, body);
    return about ? { path, headers: incoming.headers, body, text, ...about } : `there is no ${path}`;
  } catch {
    return 'the body is not JSON';
  }
}

interface Turn {
  readonly dialect: Dialect;
  readonly request: FakeLlmRequest;
  readonly response: ServerResponse;
}

async function perform(turn: Turn, step: FakeLlmStep): Promise<void> {
  const { dialect, request, response } = turn;
  if (typeof step === 'function') return perform(turn, await step(request));
  if (typeof step === 'string') return sendAnswer(turn, { text: step });
  if ('fault' in step) return doFault(step.fault, response, startOf(dialect, request));
  if (step.delayMs !== undefined) await sleep(step.delayMs);
  if ('status' in step) return sendStatus(dialect, response, step);
  return sendAnswer(turn, step);
}

const STREAM_TYPE = 'text/event-stream';

function startOf(dialect: Dialect, { isStream }: FakeLlmRequest): BodyStart {
  return { contentType: isStream ? STREAM_TYPE : 'application/json', start: dialect.start(isStream) };
}

function sendStatus(dialect: Dialect, response: ServerResponse, step: FakeStatus): void {
  const { status, headers = {}, body = dialect.error(status, `canary-of-the-upstream ${status}`) } = step;
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

async function sendAnswer({ dialect, request, response }: Turn, step: FakeAnswer): Promise<void> {
  const isStream = step.form === undefined ? request.isStream : step.form === 'stream';
  const whole = isStream ? dialect.stream(step, request) : JSON.stringify(dialect.whole(step, request));
  const body = Buffer.from(whole.slice(0, step.cutAt));
  response.writeHead(200, {
    'content-type': step.contentType ?? (isStream ? STREAM_TYPE : 'application/json'),
  });
  const { bytes, everyMs } = step.drip ?? { bytes: body.byteLength || 1, everyMs: 0 };
  for (let at = 0; at < body.byteLength && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    if (everyMs > 0) await sleep(everyMs);
  }
  if (step.staysOpen !== true) response.end();
}
