import cors from 'cors';
import type { RequestHandler } from 'express';
import { isAllowedOrigin } from '../../auth/origin.ts';
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
    const site = req.get('sec-fetch-site');
    const isOwn = site === 'same-origin' || (site === undefined && req.headers.origin !== undefined);
    if (!isAllowedOrigin(req, config.http)) throw crossSite();
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && req.headers.origin === undefined)
      throw crossSite();
    const usesCookie = callerOf(res).principal?.credential.kind === 'session';
    const isListed = config.http.allowedOrigins.includes(req.headers.origin ?? '');
    if (usesCookie && (!isOwn || isListed)) throw crossSite();
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
