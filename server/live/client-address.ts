import type { IncomingMessage } from 'node:http';
import { ipKeyGenerator } from 'express-rate-limit';

/**
 * The address a connection is counted under, as HTTP requests are: of a forwarded chain, the one before the last
 * `trustedProxies`, each of which appended the address it saw. IPv6 counts by network.
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  trustedProxies: number,
): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const chain = [...forwarded, socket.remoteAddress ?? 'unknown'];
  return ipKeyGenerator(chain.at(-1 - trustedProxies) ?? chain[0] ?? 'unknown');
}
