import express, { type Request, type RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type RateLimitInfo } from 'express-rate-limit';
import { AppError, RateLimitedError } from '../../errors.ts';
import { callerOf } from '../caller.ts';
import type { RateClass } from '../policy.ts';

const BODY_LIMIT_BYTES = 100 * 1024;
const PICTURE_LIMIT_BYTES = 1024 * 1024;
const PICTURE_PATH = /^\/api\/v2\/bots\/[^/]+\/avatar$/;
const MINUTE_MS = 60_000;

/** Refuses a body that says it is too large, or does not say how large it is, before any of it is read. */
export const announcedBodyLimit: RequestHandler = (req, _res, next) => {
  if (req.headers['transfer-encoding'] !== undefined)
    throw new AppError('length-required', 'A body must come with its Content-Length.');
  const limit = req.method === 'PUT' && PICTURE_PATH.test(req.path) ? PICTURE_LIMIT_BYTES : BODY_LIMIT_BYTES;
  if (Number(req.headers['content-length'] ?? 0) > limit)
    throw new AppError('body-too-large', `The body is larger than ${limit / 1024} KiB.`);
  next();
};

/** JSON bodies, plain and small: a compressed one could grow without end. */
export const jsonBody: RequestHandler = express.json({ limit: BODY_LIMIT_BYTES, inflate: false });

/** The bytes of a picture, whatever they turn out to be. */
export const pictureBody: RequestHandler = express.raw({
  type: ['image/png', 'image/jpeg', 'image/webp'],
  limit: PICTURE_LIMIT_BYTES,
  inflate: false,
});

/** So many requests a minute from one address; `RateLimit-*` headers say how many are left. */
export function requestLimit(perMinute: number): RequestHandler {
  return limiter(perMinute, (address) => address);
}

/** The share of RATE_LIMIT_PER_MINUTE that a class of routes gets. */
const SHARE = { read: 1, write: 1 / 4, heavy: 1 / 40, login: 1 / 20 } as const;

/** So many requests a minute of one class by one user, from wherever; of strangers by address. */
export function classLimits(perMinute: number): Readonly<Record<RateClass, RequestHandler>> {
  const limitOf = (rate: RateClass) =>
    limiter(Math.max(1, Math.round(perMinute * SHARE[rate])), (address, userId) =>
      userId === null ? `address ${address}` : `user ${userId}`,
    );
  return { read: limitOf('read'), write: limitOf('write'), heavy: limitOf('heavy'), login: limitOf('login') };
}

/** @param req as the limiter leaves it. */
function usedOf(req: Request): number {
  return 'rateLimit' in req ? (req.rateLimit as RateLimitInfo).used : 0;
}

function limiter(
  perMinute: number,
  keyOf: (address: string, userId: string | null) => string,
): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    keyGenerator: (req, res) => {
      const address = ipKeyGenerator(req.ip ?? 'unknown');
      return keyOf(address, res.locals.caller ? (callerOf(res).principal?.userId ?? null) : null);
    },
    // TRUST_PROXY says how far a forwarded address is believed.
    validate: { xForwardedForHeader: false, trustProxy: false },
    handler: (req, res, next) => {
      // The log tells of the first one, and is not flooded by the others.
      res.locals.isFlood = usedOf(req) > perMinute + 1;
      next(new RateLimitedError(`More than ${perMinute} requests of this kind a minute.`, MINUTE_MS));
    },
  });
}
