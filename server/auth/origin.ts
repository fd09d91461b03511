import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.ts';

/**
 * Whether a page of the request's origin may act for its visitor: our own host, PUBLIC_URL or one of ALLOWED_ORIGINS,
 * exactly. Clients that are no browsers send no origin.
 */
export function isAllowedOrigin(
  { headers: { origin, host } }: Pick<IncomingMessage, 'headers'>,
  { publicUrl, allowedOrigins }: Pick<Config['http'], 'publicUrl' | 'allowedOrigins'>,
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  const parsed = URL.parse(origin);
  if (!parsed || parsed.origin !== origin || !/^https?:$/.test(parsed.protocol)) return false;
  if (publicUrl !== null) return origin === new URL(publicUrl).origin || isLoopback(parsed.hostname);
  return host !== undefined && parsed.host === host.toLowerCase();
}

/**
 * Whether a request may act by the cookie it brings: our own page sent it, or a program that is no browser. Pages of
 * ALLOWED_ORIGINS, and of another port of this machine, bring the cookie too, and are not ours.
 */
export function mayUseCookie(
  { headers }: Pick<IncomingMessage, 'headers'>,
  http: Pick<Config['http'], 'publicUrl' | 'allowedOrigins'>,
): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return true;
  if (!isAllowedOrigin({ headers }, http)) return false;
  const isPublic = http.publicUrl !== null && origin === new URL(http.publicUrl).origin;
  return isPublic || URL.parse(origin)?.host === host?.toLowerCase();
}

/** Behind PUBLIC_URL the Host header is what a stranger wrote; only this machine's own page stays welcome. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
