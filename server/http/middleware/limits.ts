import express, { type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from '../../errors.ts';

const BODY_LIMIT_BYTES = 100 * 1024;

/** Refuses a body that says it is too large, or does not say how large it is, before any of it is read. */
export const announcedBodyLimit: RequestHandler = (req, _res, next) => {
  if (req.headers['transfer-encoding'] !== undefined)
    throw new AppError('length-required', 'A body must come with its Content-Length.');
  if (Number(req.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES)
    throw new AppError('body-too-large', 'The body is larger than 100 KiB.');
  next();
};

/** JSON bodies, plain and small: a compressed one could grow without end. */
export const jsonBody: RequestHandler = express.json({ limit: BODY_LIMIT_BYTES, inflate: false });

/** So many requests a minute from one address; `RateLimit-*` headers say how many are left. */
export function requestLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // No proxy is trusted: a forwarded address is only a claim.
    validate: { xForwardedForHeader: false },
    handler: (_req, _res, next) =>
      next(new AppError('rate-limited', `More than ${perMinute} requests a minute. Wait and try again.`)),
  });
}
