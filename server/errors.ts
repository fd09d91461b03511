/** Every failure the arena names. `code` is stable; `http/error-handler.ts` maps it to a status. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, message: string, options: { cause?: unknown; details?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

/** The thing does not exist, or the caller may not know that it does. */
export class NotFoundError extends AppError {
  override name = 'NotFoundError';
  constructor(what: string, id: string) {
    super('not-found', `There is no ${what} with the id "${id}".`);
  }
}

/** The request does not have the shape the contract asks for; `details` lists every problem. */
export class InvalidInputError extends AppError {
  override name = 'InvalidInputError';
  constructor(message: string, details?: unknown) {
    super('invalid-input', message, { details });
  }
}

/** The state changed or forbids the action: a turn is running, a name is taken. */
export class ConflictError extends AppError {
  override name = 'ConflictError';
}

/** The same request was sent twice at the same time, and was done there. */
export class RequestRepeatedError extends ConflictError {
  override name = 'RequestRepeatedError';
  constructor() {
    super('request-repeated', 'This request was sent twice at the same time.');
  }
}

/** The rows changed between the read and the write; the caller reads again and retries. */
export class StaleWriteError extends AppError {
  override name = 'StaleWriteError';
  constructor(what: string) {
    super('stale-write', `${what} changed since it was read.`);
  }
}

/** The caller did too much in too short a time. */
export class RateLimitedError extends AppError {
  override name = 'RateLimitedError';
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super('rate-limited', `${message} Try again in ${waitOf(seconds)}.`, { details: { retryAfterMs } });
    this.retryAfterMs = retryAfterMs;
  }
}

function waitOf(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}

/** Nobody, or somebody unknown, asks for what needs a login. */
export class NotSignedInError extends AppError {
  override name = 'NotSignedInError';
  constructor(message = 'Log in first, or send an API key.') {
    super('not-signed-in', message);
  }
}

/** The caller is known and may not do this. */
export class ForbiddenError extends AppError {
  override name = 'ForbiddenError';
}

/** The arena cannot start or go on as configured; the message says what to do. */
export class StartupError extends AppError {
  override name = 'StartupError';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('startup', message, options);
  }
}

/** Something outside (an LLM, an exchange) failed or broke its promise. */
export class UpstreamError extends AppError {
  override name = 'UpstreamError';
  readonly isRetryable: boolean;
  constructor(upstream: string, message: string, options: { cause?: unknown; isRetryable?: boolean } = {}) {
    super('upstream', `${upstream}: ${message}`, options);
    this.isRetryable = options.isRetryable ?? false;
  }
}
