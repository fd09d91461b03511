import { io, type Socket } from 'socket.io-client';
import type { ClientToServerEvents, ServerToClientEvents } from '../api/contract.ts';
import type { LiveSocket } from './live-client.ts';

const ANSWER_TIMEOUT_MS = 8_000;
/** A user may have so many pages open: one that was refused asks again, in case another was closed. */
const REFUSED_RETRY_MS = 10_000;

/** Opens the connection to the server the page came from; it reconnects by itself. */
export function openSocket(): LiveSocket {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    transports: ['websocket', 'polling'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
  let retry: ReturnType<typeof setTimeout> | undefined;
  // socket.io tries again by itself when the server was not reached, not when it refused.
  socket.on('connect_error', () => {
    clearTimeout(retry);
    if (!socket.active) retry = setTimeout(() => socket.connect(), REFUSED_RETRY_MS);
  });
  return {
    onConnect: (listener) => socket.on('connect', listener),
    onDisconnect: (listener) =>
      socket.on('disconnect', (reason) => {
        listener();
        // A server that closes a socket on purpose leaves reconnecting to the page.
        if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 1_000);
      }),
    onSnapshot: (listener) => socket.on('snapshot', listener),
    onEvent: (listener) => socket.on('event', listener),
    onPrices: (listener) => socket.on('prices', listener),
    join: (room, lastSeq) =>
      socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck('join', lastSeq === null ? { room } : { room, lastSeq }),
    leave: (room) => socket.emit('leave', room),
    reopen: () => void socket.disconnect().connect(),
    close: () => {
      clearTimeout(retry);
      socket.close();
    },
  };
}
