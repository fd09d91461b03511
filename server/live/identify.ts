import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import { mayUseCookie } from '../auth/origin.ts';
import { sessionCookieName } from '../auth/session-cookie.ts';
import { findKeyHolder, findPrincipal, type Principal } from '../auth/sessions.ts';
import type { AppContext } from '../context.ts';
import { assertMay } from './policy.ts';

export interface Handshake {
  readonly headers: IncomingHttpHeaders;
  readonly auth: Readonly<Record<string, unknown>>;
}

const API_KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Who connects: whoever the API key names, else whoever is logged in on our own page, else nobody known.
 * @returns null for a stranger. @throws AppError `not-signed-in` for a wrong API key.
 */
export async function identify(ctx: AppContext, { headers, auth }: Handshake): Promise<Principal | null> {
  const { apiKey = null } = auth;
  return apiKey === null ? await byCookie(ctx, headers) : await byKey(ctx, apiKey);
}

async function byKey(ctx: AppContext, apiKey: unknown): Promise<Principal | null> {
  const isKey = typeof apiKey === 'string' && API_KEY.test(apiKey);
  const principal = isKey ? await findKeyHolder(ctx, apiKey) : undefined;
  if (!principal) assertMay('revoked', 'connect');
  return principal ?? null;
}

async function byCookie(ctx: AppContext, headers: IncomingHttpHeaders): Promise<Principal | null> {
  if (headers.cookie === undefined || !mayUseCookie({ headers }, ctx.config.http)) return null;
  const token = parseCookie(headers.cookie)[sessionCookieName(ctx)];
  return token === undefined ? null : ((await findPrincipal(ctx, token)) ?? null);
}
