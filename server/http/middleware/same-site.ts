import cors from 'cors';
import type { RequestHandler } from 'express';
import { isAllowedOrigin, mayUseCookie } from '../../auth/origin.ts';
import type { AppContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { callerOf } from '../caller.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * No page of another site changes anything in a visitor's name: what changes something must come from our own page, or
 * from a program without a browser's cookie. ALLOWED_ORIGINS may use API keys, not cookies.
 */
export function sameSiteOnly({ config }: AppContext): RequestHandler {
  return (req, res, next) => {
    if (SAFE.has(req.method)) return next();
    const { origin, 'sec-fetch-site': site } = req.headers;
    const isHidden = origin === undefined && (site === 'cross-site' || site === 'same-site');
    if (isHidden || !isAllowedOrigin(req, config.http)) throw crossSite();
    const usesCookie = callerOf(res).principal?.credential.kind === 'session';
    // What says nothing of where it comes from is a program, and programs have keys.
    const isSilent = origin === undefined && site === undefined;
    if (usesCookie && (isSilent || !mayUseCookie(req, config.http))) throw crossSite();
    next();
  };
}

/** Lets pages of ALLOWED_ORIGINS read answers; without that list no other origin may. */
export function otherOrigins({ config }: AppContext): RequestHandler {
  const { allowedOrigins } = config.http;
  if (allowedOrigins.length === 0) return (_req, _res, next) => next();
  return cors({
    origin: [...allowedOrigins],
    credentials: false,
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
    exposedHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'Retry-After',
    ],
    maxAge: 600,
  });
}

function crossSite(): AppError {
  return new AppError('cross-site', 'This request does not come from the page of this arena.');
}
