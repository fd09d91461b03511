import type { ApiError } from './contract.ts';

/** A request that failed: `status` 0 when no answer came at all. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(status: number, body: { code: string; message: string; requestId?: string }) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.requestId = body.requestId ?? null;
  }
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

/**
 * Reads JSON from the API; the contract's types describe what comes back.
 * @throws RequestError when the server refuses or cannot be reached.
 */
export async function getJson<Body>(url: string, signal?: AbortSignal): Promise<Body> {
  const timeout = AbortSignal.timeout(15_000);
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new RequestError(0, { code: 'unreachable', message: 'The server cannot be reached.' });
  });
  if (!response.ok) throw await toError(response);
  return (await response.json()) as Body;
}
