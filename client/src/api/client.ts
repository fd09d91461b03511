import type { ApiError } from './contract.ts';

/** What is wrong with one field of what was sent; `path` is '' for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A request that failed: `status` 0 when no answer came at all. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  /** Field by field, where the server says so. */
  readonly problems: readonly Problem[];

  constructor(
    status: number,
    body: { code: string; message: string; requestId?: string; details?: unknown },
  ) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.requestId = body.requestId ?? null;
    this.problems = Array.isArray(body.details) ? body.details.filter(isProblem) : [];
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'path' in value && 'message' in value;
}

export type QueryValue = string | number | null | undefined;

/** `/bots` + {symbol: 'X', cursor: null} -> `/api/v2/bots?symbol=X`. */
export function apiUrl(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v2${path}${text === '' ? '' : `?${text}`}`;
}

function isApiError(body: unknown): body is ApiError {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

async function toError(response: Response): Promise<RequestError> {
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body: unknown = isJson ? await response.json() : null;
  if (isApiError(body)) return new RequestError(response.status, body.error);
  return new RequestError(response.status, {
    code: 'http',
    message: `The server answered ${response.status}.`,
  });
}

/** Cookies of this origin go along by themselves. */
interface RequestParts {
  readonly method?: string;
  /** Sent as JSON; bytes are sent as they are, with their own type. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** How long it may take; 15 s unless said otherwise. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** A change that never reached the server, or whose answer never came back, is sent again with the same key. */
const RESEND_AFTER_MS = [400, 1_500];

/**
 * Reads JSON from the API; the contract's types describe what comes back.
 * @throws RequestError when the server refuses or cannot be reached.
 */
export function getJson<Body>(url: string, signal?: AbortSignal): Promise<Body> {
  return requestJson<Body>(url, { signal });
}

const refusalListeners = new Set<() => void>();

/** Calls `listener` whenever the server says that nobody it knows is asking. Returns how to stop. */
export function onUnauthorised(listener: () => void): () => void {
  refusalListeners.add(listener);
  return () => refusalListeners.delete(listener);
}

/** Sends a request and reads its answer; undefined where there is no content. @throws RequestError */
export async function requestJson<Body>(url: string, parts: RequestParts = {}): Promise<Body> {
  const response = await sendKeyed(url, parts);
  if (response.status === 401) for (const listener of refusalListeners) listener();
  if (!response.ok) throw await toError(response);
  return (response.status === 204 ? undefined : await response.json()) as Body;
}

async function sendKeyed(url: string, parts: RequestParts): Promise<Response> {
  const init = initOf(parts);
  // Who is not logged in yet has no keys: registering twice is not the same as once.
  const resends = init.method === 'GET' || url.includes('/auth/') ? [] : RESEND_AFTER_MS;
  for (const waitMs of resends) {
    const response = await sendOnce(url, init, parts).catch(wasLost);
    if (response) return response;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return sendOnce(url, init, parts);
}

/** null for a request that may be sent again. */
function wasLost(error: unknown): null {
  if (error instanceof RequestError && error.status === 0) return null;
  throw error;
}

function initOf({ method = 'get', body }: RequestParts): RequestInit & { method: string } {
  const isChange = method !== 'get';
  const isRaw = body instanceof Blob;
  const type = isRaw ? body.type : 'application/json';
  return {
    method: method.toUpperCase(),
    headers: {
      accept: 'application/json',
      ...(isChange ? { 'Idempotency-Key': newKey() } : {}),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  };
}

async function sendOnce(
  url: string,
  init: RequestInit,
  { signal, timeoutMs = TIMEOUT_MS }: RequestParts,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new RequestError(0, { code: 'unreachable', message: 'The server cannot be reached.' });
  }
}

/** 128 random bits; `crypto.randomUUID` is missing on plain http. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
