import type { IncomingMessage } from 'node:http';

/**
 * Whether a page of this origin may open a socket: our own host or PUBLIC_URL, exactly. Clients that are no browsers
 * send no origin.
 */
export function isAllowedOrigin(req: IncomingMessage, publicUrl: string | null): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined) return true;
  const parsed = URL.parse(origin);
  if (!parsed || parsed.origin !== origin || !/^https?:$/.test(parsed.protocol)) return false;
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return host !== undefined && parsed.host === host.toLowerCase();
}
