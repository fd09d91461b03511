import type { RequestHandler, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { parseCookie } from 'cookie';
import type { AppContext } from '../context.ts';
import { isHttps, sessionCookieName } from '../auth/session-cookie.ts';
import { findKeyHolder, findPrincipal, SESSION_LIFE, type Principal } from '../auth/sessions.ts';
import { NotSignedInError } from '../errors.ts';

/** Who a request comes from, as far as it says. */
export interface Caller {
  /** null = nobody known. */
  readonly principal: Principal | null;
  /** The session's token, as the cookie brought it; null without one. */
  readonly token: string | null;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
}

const BEARER = /^Bearer ([\x21-\x7e]{1,200})$/i;

export function callerOf(res: Response): Caller {
  return res.locals.caller as Caller;
}

/**
 * Finds out who asks. A wrong API key is refused at once; a cookie that is not good any more is taken away, and its
 * bearer is a stranger.
 */
export function identify(ctx: AppContext): RequestHandler {
  const cookieName = sessionCookieName(ctx);
  return async (req, res, next) => {
    const { authorization, cookie } = req.headers;
    const token = cookie === undefined ? null : (parseCookie(cookie)[cookieName] ?? null);
    const caller = {
      token: authorization === undefined ? token : null,
      ip: ipKeyGenerator(req.ip ?? 'unknown'),
      userAgent: req.get('user-agent') ?? '',
      requestId: res.get('X-Request-Id') ?? '',
    };
    // Who is refused is known to the log, too.
    res.locals.caller = { ...caller, principal: null } satisfies Caller;
    const principal =
      authorization === undefined ? await findByCookie(ctx, res, token) : await findByKey(ctx, authorization);
    res.locals.caller = { ...caller, principal } satisfies Caller;
    res.vary('Cookie').vary('Authorization');
    // What may hold something of one's own is kept by nobody, not even by one's browser.
    res.set('Cache-Control', principal ? 'no-store' : 'no-cache');
    next();
  };
}

/** Hands a session to the browser. */
export function setSessionCookie(ctx: AppContext, res: Response, token: string): void {
  res.cookie(sessionCookieName(ctx), token, { ...cookieOptions(ctx), maxAge: SESSION_LIFE.absoluteMs });
}

export function clearSessionCookie(ctx: AppContext, res: Response): void {
  res.clearCookie(sessionCookieName(ctx), cookieOptions(ctx));
}

function cookieOptions({ config }: AppContext) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isHttps(config.http.publicUrl) } as const;
}

async function findByCookie(ctx: AppContext, res: Response, token: string | null): Promise<Principal | null> {
  if (token === null) return null;
  const principal = await findPrincipal(ctx, token);
  if (!principal) clearSessionCookie(ctx, res);
  return principal ?? null;
}

async function findByKey(ctx: AppContext, authorization: string): Promise<Principal> {
  const key = BEARER.exec(authorization)?.[1];
  const principal = key === undefined ? undefined : await findKeyHolder(ctx, key);
  if (!principal) throw new NotSignedInError('This API key is not valid any more, or never was.');
  return principal;
}
