import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { ApiError } from '../contract/http/common.ts';
import { AppError, ConflictError, ForbiddenError, RateLimitedError } from '../errors.ts';

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'invalid-input': 400,
  'invalid-json': 400,
  'bad-request': 400,
  'not-signed-in': 401,
  'one-time-code-needed': 401,
  'cross-site': 403,
  'not-found': 404,
  'no-model': 400,
  'not-enough-history': 400,
  'stale-write': 409,
  'length-required': 411,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-mismatch': 422,
  'rate-limited': 429,
  busy: 503,
  upstream: 502,
  'summary-failed': 502,
};

/** What upstreams say is not for everybody. */
const UNTOLD = 'upstream';

const UNREAD_BODY: ReadonlySet<number> = new Set([411, 413]);

interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** Failures of reading a request, as Express and its body parser name them. */
const REQUEST_FAILURES: Readonly<Record<string, Omit<Failure, 'status'>>> = {
  'entity.parse.failed': { code: 'invalid-json', message: 'The body is not valid JSON.' },
  'entity.too.large': { code: 'body-too-large', message: 'The body is larger than 100 KiB.' },
  'encoding.unsupported': { code: 'unsupported-media-type', message: 'A compressed body is not accepted.' },
  'charset.unsupported': { code: 'unsupported-media-type', message: 'The body must be UTF-8.' },
};

/** Every path under /api that is no route. */
export const unknownRoute: RequestHandler = (req) => {
  throw new AppError('not-found', `There is no ${req.method} ${req.baseUrl}${req.path}.`);
};

/** The one place where an error becomes an answer. Unexpected ones are logged and say nothing of the inside. */
// oxlint-disable-next-line eslint/max-params -- Express knows an error handler by its four parameters.
export const errorHandler: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const failure = failureOf(error);
  if (failure.status >= 500) req.log.error({ err: error }, 'request failed');
  if (res.headersSent) return next(error);
  // What is left of a body nobody reads must not keep the connection busy.
  if (UNREAD_BODY.has(failure.status)) res.set('Connection', 'close');
  if (error instanceof RateLimitedError) res.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
  send(res, failure, res.get('X-Request-Id') ?? '');
};

function send(res: Response, { status, code, message, details }: Failure, requestId: string): void {
  const body: ApiError = {
    error: { code, message, ...(details === undefined ? {} : { details }), requestId },
  };
  res.status(status).set('Cache-Control', 'no-store').json(body);
}

function failureOf(error: unknown): Failure {
  if (error instanceof AppError) {
    const status = STATUS_OF_CODE[error.code] ?? statusOfClass(error);
    if (error.code === UNTOLD)
      return { status, code: error.code, message: 'Something this depends on did not answer.' };
    if (status !== 500) return { status, code: error.code, message: error.message, details: error.details };
  }
  return (
    requestFailure(error) ?? { status: 500, code: 'internal', message: 'Something went wrong on our side.' }
  );
}

function statusOfClass(error: AppError): number {
  if (error instanceof ConflictError) return 409;
  return error instanceof ForbiddenError ? 403 : 500;
}

function requestFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  const known = 'type' in error ? REQUEST_FAILURES[String(error.type)] : undefined;
  return { status, ...(known ?? { code: 'bad-request', message: 'The request could not be read.' }) };
}
