import { AppError, UpstreamError } from '../../errors.ts';

/** Codes of ours, beside those of undici and Node. */
const REFUSED_ADDRESS = 'refused-address';
const TOO_LARGE = 'too-large';

/** A name led to an address that an endpoint may not have. */
export function refusedAddress(): AppError {
  return new AppError(REFUSED_ADDRESS, 'The host has an address that an endpoint may not have.');
}

/** More arrived, or was unpacked, than an answer may have. */
export function tooLarge(): AppError {
  return new AppError(TOO_LARGE, 'The answer is too large.');
}

interface Failure {
  readonly message: string;
  readonly isRetryable: boolean;
}

const passing = (message: string): Failure => ({ message, isRetryable: true });
const lasting = (message: string): Failure => ({ message, isRetryable: false });

const TOO_MUCH = lasting('its answer is larger than is accepted');
const TOO_MANY_HEADERS = lasting('its answer has more headers than are accepted');
const NO_CONNECTION = passing('it did not accept a connection in time');
const STOPPING = passing('the arena is stopping');
const CERTIFICATE = lasting('its certificate is not trusted, or belongs to another host');
const GARBLED = lasting('its answer cannot be read: it is not HTTP, not TLS, or damaged');
const UNKNOWN = passing('the connection failed');

const FAILURES: ReadonlyMap<string, Failure> = new Map([
  [
    REFUSED_ADDRESS,
    lasting('its name leads to an address that an endpoint may not have, such as one on a private network'),
  ],
  [TOO_LARGE, TOO_MUCH],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', TOO_MUCH],
  ['UND_ERR_HEADERS_OVERFLOW', TOO_MANY_HEADERS],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', GARBLED],
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['ETIMEDOUT', NO_CONNECTION],
  ['UND_ERR_HEADERS_TIMEOUT', passing('it did not answer in time')],
  ['UND_ERR_BODY_TIMEOUT', passing('it fell silent in the middle of its answer')],
  ['UND_ERR_DESTROYED', STOPPING],
  ['UND_ERR_CLOSED', STOPPING],
  ['ECONNREFUSED', passing('it refuses connections on this port')],
  ['EAI_AGAIN', passing('its name could not be looked up')],
  ['ENOTFOUND', lasting('there is no host of this name')],
]);

const FAMILIES: readonly (readonly [RegExp, Failure])[] = [
  [/CERT|VERIFY/, CERTIFICATE],
  [/^(HPE_|HTTPParserError$|Z_|ERR_SSL_|EPROTO$)/, GARBLED],
];

/**
 * Says what went wrong in words of ours. The error it comes from is not kept as its cause: undici's carry bytes of the
 * answer, and values of the request's headers.
 */
export function toUpstreamError(host: string, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const { message, isRetryable } = findFailure(codesOf(error));
  return new UpstreamError(host, message, { isRetryable });
}

function findFailure(codes: readonly string[]): Failure {
  const failures = codes.map(
    (code) => FAILURES.get(code) ?? FAMILIES.find(([pattern]) => pattern.test(code))?.[1],
  );
  return failures.find((failure) => failure !== undefined) ?? UNKNOWN;
}

/** Along the causes, the outermost first; the name of what has no code, such as undici's HTTPParserError. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return [code, ...codesOf(error.cause)];
}
