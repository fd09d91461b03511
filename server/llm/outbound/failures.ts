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

/** `refused`: it was not asked, or sends elsewhere. */
export type OutboundFailure = 'network' | 'timeout' | 'too-large' | 'garbled' | 'refused';

interface Failure {
  readonly failure: OutboundFailure;
  /** What it did, in words that follow its host. */
  readonly reason: string;
  readonly isRetryable: boolean;
}

/** A request to a host that a user named has failed. The message is `host: reason`. */
export class OutboundError extends UpstreamError {
  override name = 'OutboundError';
  readonly failure: OutboundFailure;
  readonly host: string;
  readonly reason: string;

  constructor(host: string, { failure, reason, isRetryable }: Failure) {
    super(host, reason, { isRetryable });
    this.failure = failure;
    this.host = host;
    this.reason = reason;
  }
}

const passing = (failure: OutboundFailure, reason: string): Failure => ({
  failure,
  reason,
  isRetryable: true,
});
const lasting = (failure: OutboundFailure, reason: string): Failure => ({
  failure,
  reason,
  isRetryable: false,
});

const TOO_MUCH = lasting('too-large', 'its answer is larger than is accepted');
const TOO_MANY_HEADERS = lasting('too-large', 'its answer has more headers than are accepted');
const NO_CONNECTION = passing('network', 'it did not accept a connection in time');
const STOPPING = passing('network', 'the arena is stopping');
const CERTIFICATE = lasting('network', 'its certificate is not trusted, or belongs to another host');
const GARBLED = lasting('garbled', 'its answer cannot be read: it is not HTTP, not TLS, or damaged');
const UNKNOWN = passing('network', 'the connection failed');
const BROKE_OFF = 'broke-off';

const FAILURES: ReadonlyMap<string, Failure> = new Map([
  [
    REFUSED_ADDRESS,
    lasting(
      'refused',
      'its name leads to an address that an endpoint may not have, such as one on a private network',
    ),
  ],
  [TOO_LARGE, TOO_MUCH],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', TOO_MUCH],
  ['UND_ERR_HEADERS_OVERFLOW', TOO_MANY_HEADERS],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', GARBLED],
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['ETIMEDOUT', NO_CONNECTION],
  ['UND_ERR_HEADERS_TIMEOUT', passing('timeout', 'it did not answer in time')],
  ['UND_ERR_BODY_TIMEOUT', passing('timeout', 'it fell silent in the middle of its answer')],
  ['UND_ERR_DESTROYED', STOPPING],
  ['UND_ERR_CLOSED', STOPPING],
  [BROKE_OFF, passing('network', 'the connection ended in the middle of its answer')],
  ['ECONNREFUSED', passing('network', 'it refuses connections on this port')],
  ['EAI_AGAIN', passing('network', 'its name could not be looked up')],
  ['ENOTFOUND', lasting('network', 'there is no host of this name')],
]);

const FAMILIES: readonly (readonly [RegExp, Failure])[] = [
  [/CERT|VERIFY/, CERTIFICATE],
  [/^(HPE_|HTTPParserError$|Z_|ERR_SSL_|EPROTO$)/, GARBLED],
];

/**
 * Says what went wrong in words of ours. The error it comes from is not kept as its cause: undici's carry bytes of the
 * answer, and values of the request's headers.
 */
export function toUpstreamError(host: string, error: unknown): OutboundError {
  return error instanceof OutboundError ? error : new OutboundError(host, findFailure(codesOf(error)));
}

/** Nothing was sent, or what came is not followed. `reason` is a sentence of ours. */
export function refused(host: string, reason: string): OutboundError {
  return new OutboundError(host, lasting('refused', reason));
}

/** Its answer is of a kind that cannot be read. */
export function unreadable(host: string, reason: string): OutboundError {
  return new OutboundError(host, lasting('garbled', reason));
}

/** All of it together took too long. */
export function unfinished(host: string): OutboundError {
  return new OutboundError(host, passing('timeout', 'it did not finish its answer in time'));
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
  return [codeOf(error), ...codesOf(error.cause)];
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici has no code for it.
  const isBrokenOff = error.name === 'HTTPParserError' && error.message.includes('(Invalid EOF state)');
  return isBrokenOff ? BROKE_OFF : error.name;
}
