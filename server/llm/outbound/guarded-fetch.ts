import { Agent, fetch } from 'undici';
import { refuseTarget, type EndpointRules } from './endpoint-rules.ts';
import { refused, tooLarge, toUpstreamError, unfinished, unreadable } from './failures.ts';
import { createGuardedConnector, resolveBySystem, type Resolve } from './guarded-connect.ts';

export interface OutboundLimits {
  /** Of the name's lookup, the connection and its TLS together. */
  readonly connectMs: number;
  /** From the request to the end of the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the answer's body. */
  readonly bodyMs: number;
  /** Of everything, so that a drip cannot go on for ever. */
  readonly totalMs: number;
  /** Of the body, packed and unpacked. */
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
}

/** A model may think for as long as a turn can be set to take; who asks gives a signal that ends it sooner. */
const LONGEST_TURN_MS = 600_000;

export const OUTBOUND_LIMITS: OutboundLimits = {
  connectMs: 10_000,
  headersMs: LONGEST_TURN_MS,
  bodyMs: 60_000,
  totalMs: LONGEST_TURN_MS,
  maxBodyBytes: 256 * 1024,
  maxHeaderBytes: 16 * 1024,
};

/** Bytes on the wire for one of the body: headers, TLS and the frames of small chunks. */
const WIRE_FACTOR = 4;

export interface OutboundOptions extends EndpointRules {
  /** The system's, unless a test brings its own. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<OutboundLimits>;
}

/** Requests to hosts that users name. */
export interface Outbound {
  /**
   * Like the global `fetch`, to https hosts with public addresses only (`allowPrivate`: to private ones, too). Follows no
   * redirect, uses no proxy, and ends when the limits do, while the body is read as well.
   * @throws OutboundError in words of ours, never the upstream's; or the reason of the caller's signal.
   */
  readonly fetch: typeof globalThis.fetch;
  /** Breaks off what is still running. */
  close(): Promise<void>;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const limits = { ...OUTBOUND_LIMITS, ...options.limits };
  const agent = createAgent(options, limits);
  return {
    fetch: (input, init) => send({ agent, limits, rules: options }, input, init),
    close: () => agent.destroy(),
  };
}

function createAgent(
  { allowPrivate, resolve = resolveBySystem }: OutboundOptions,
  limits: OutboundLimits,
): Agent {
  return new Agent({
    connect: createGuardedConnector({
      allowPrivate,
      resolve,
      timeoutMs: limits.connectMs,
      maxBytes: limits.maxBodyBytes * WIRE_FACTOR,
    }),
    allowH2: false,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.bodyMs,
    maxResponseSize: limits.maxBodyBytes,
    maxHeaderSize: limits.maxHeaderBytes,
    // One request a socket, so that each is looked up and counted anew.
    pipelining: 0,
  });
}

interface SendDeps {
  readonly agent: Agent;
  readonly limits: OutboundLimits;
  readonly rules: EndpointRules;
}

async function send(
  { agent, limits, rules }: SendDeps,
  ...[input, init]: Parameters<typeof globalThis.fetch>
): Promise<Response> {
  const request = readRequest(input, init);
  const url = new URL(request.url);
  const refusal = refuseTarget(url, rules);
  if (refusal !== null) throw refused(url.host, refusal);
  const caller = init?.signal ?? (input instanceof Request ? input.signal : null);
  const run = startRun(url.host, caller, limits.totalMs);
  try {
    const answer = await fetch(url, { ...(await partsOf(request)), signal: run.signal, dispatcher: agent });
    refuseAnswer(url.host, answer);
    return toResponse(answer, limits.maxBodyBytes, run.fail);
  } catch (error) {
    throw run.fail(error);
  }
}

/** Not passed on as it is: the message of what the global one refuses holds the header it refused. */
function readRequest(...[input, init]: Parameters<typeof globalThis.fetch>): Request {
  try {
    return new Request(input, init);
  } catch {
    throw refused(
      'request',
      'its address, or a header such as the key, holds characters that HTTP cannot carry',
    );
  }
}

/** In shapes that both the global `fetch` and undici's know. The body is sent whole, so that its length is told. */
async function partsOf(request: Request) {
  const headers = new Headers(request.headers);
  headers.set('accept-encoding', 'gzip');
  return {
    method: request.method,
    headers: [...headers],
    body: request.body === null ? null : await request.arrayBuffer(),
    redirect: 'manual' as const,
  };
}

interface Run {
  readonly signal: AbortSignal;
  /** Ends it, its socket included. @returns what the caller is to be told. */
  readonly fail: (error: unknown) => unknown;
}

function startRun(host: string, caller: AbortSignal | null, totalMs: number): Run {
  const stop = new AbortController();
  const deadline = AbortSignal.timeout(totalMs);
  return {
    signal: AbortSignal.any([stop.signal, deadline, ...(caller ? [caller] : [])]),
    fail: (error) => {
      stop.abort();
      if (caller?.aborted) return caller.reason;
      if (!deadline.aborted) return toUpstreamError(host, error);
      return unfinished(host);
    },
  };
}

function refuseAnswer(host: string, { status, headers }: Answer): void {
  if (status >= 300 && status < 400)
    throw refused(host, 'it redirects, which is not followed: save the address it leads to');
  if (status > 599) throw unreadable(host, `it answers with status ${status}, which HTTP does not know`);
  const packing = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  // What else undici would unpack takes many megabytes for its window.
  if (!['', 'identity', 'gzip'].includes(packing))
    throw unreadable(host, 'its answer is packed in another way than was asked for');
}

type Answer = Awaited<ReturnType<typeof fetch>>;

/** Headers that no longer describe the body, and cookies, which nobody keeps. */
const DROPPED_HEADERS = ['content-encoding', 'content-length', 'set-cookie'];

function toResponse(answer: Answer, maxBytes: number, fail: Run['fail']): Response {
  const headers = new Headers([...answer.headers]);
  for (const name of DROPPED_HEADERS) headers.delete(name);
  const body = answer.body && capBody(answer.body, maxBytes, fail);
  return new Response(body, { status: answer.status, headers });
}

/** Counts bytes as they are read, unpacked; undici counts those that arrive. */
function capBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  fail: Run['fail'],
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let seen = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await reader.read();
    if (done) return controller.close();
    seen += value.byteLength;
    if (seen > maxBytes) throw tooLarge();
    controller.enqueue(value);
  };
  return new ReadableStream<Uint8Array>({
    pull: (controller) =>
      pull(controller).catch((error: unknown) => {
        throw fail(error);
      }),
    cancel: (reason) => reader.cancel(reason),
  });
}
