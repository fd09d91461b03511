import type { Logger } from '../log.ts';
import type { LiveServer, LiveSocket } from './sockets.ts';
import { cutOff, unsentBytes } from './unsent.ts';

/** Unsent bytes at which a reader is cut off. */
export const UNSENT_LIMIT_BYTES = 128 * 1024;
const GRACE_MS = 10_000;

/** A snapshot may be larger than the limit: what is unsent right after it does not count for a while. */
export function grantGrace(socket: LiveSocket): void {
  socket.data.graceBytes = unsentBytes(socket);
  socket.data.graceUntil = performance.now() + GRACE_MS;
}

/** Cuts off whoever does not read, so that nobody else notices. */
export function cutSlowConsumers(io: LiveServer, log: Logger): void {
  const now = performance.now();
  for (const socket of io.sockets.sockets.values()) {
    const unsent = unsentBytes(socket);
    if (unsent === 0 || now > socket.data.graceUntil) socket.data.graceBytes = 0;
    if (unsent <= UNSENT_LIMIT_BYTES + socket.data.graceBytes) continue;
    log.info({ socketId: socket.id, unsent }, 'cut off a client that does not read');
    cutOff(socket);
  }
}
