import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { AppContext } from '../context.ts';
import type { EventRow } from '../db/queries/events.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Admission } from './admission.ts';
import { EventTail } from './event-tail.ts';
import { ASK_BURST, createHandlers, listen } from './handlers.ts';
import { PriceFrames } from './price-frames.ts';
import { liveEvent, RoomJoiner } from './room-joiner.ts';
import { cutSlowConsumers } from './slow-consumers.ts';
import { freshState, type LiveServer, type LiveSocket } from './sockets.ts';

const SLOW_CHECK_MS = 1000;
const POLL_MS = 1000;
const RECHECK_MS = 60_000;

export interface Gateway {
  /** Disconnects everyone; the HTTP server stays with whoever opened it. */
  stop(): Promise<void>;
  socketCount(): number;
  /** Those connected now. */
  sockets(): Iterable<LiveSocket>;
  /** Offers prices to all sockets; frames are thinned and may be dropped. */
  broadcastPrices(prices: Iterable<{ readonly symbol: string; readonly price: number }>): void;
}

export interface GatewayOptions {
  /** How often the credentials of open sockets are looked at again, ms. */
  readonly recheckMs?: number;
}

/** Opens the sockets on an HTTP server and follows the event rows. Resolves when events are followed. */
export async function createGateway(
  ctx: AppContext,
  httpServer: HttpServer,
  { recheckMs = RECHECK_MS }: GatewayOptions = {},
): Promise<Gateway> {
  const log = ctx.log.child({ subsystem: 'live' });
  const admission = new Admission(ctx);
  const io = openServer(ctx, httpServer, admission);
  const tail = new EventTail({
    db: ctx.db,
    log,
    emit: (row) => emitToRoom(io, row),
    afterPiece: () => cutSlowConsumers(io, log),
    pollMs: POLL_MS,
  });
  const prices = new PriceFrames(ctx, (frame) => io.volatile.emit('prices', frame));
  const handlers = createHandlers({ ctx, admission, joiner: new RoomJoiner(ctx, io, tail), log });
  io.use((socket, next) => void admit(socket, { admission, log, next }));
  io.on('connection', (socket) => listen(socket, handlers));
  await tail.start();
  const slowCheck = setInterval(() => cutSlowConsumers(io, log), SLOW_CHECK_MS).unref();
  const recheck = setInterval(() => void recheckAll(admission, log), recheckMs).unref();
  return {
    async stop() {
      clearInterval(slowCheck);
      clearInterval(recheck);
      admission.stop();
      prices.stop();
      await tail.stop();
      io.disconnectSockets(true);
      io.engine.close();
    },
    socketCount: () => io.engine.clientsCount,
    sockets: () => io.sockets.sockets.values(),
    broadcastPrices: (changed) => prices.push(io.engine.clientsCount === 0 ? [] : changed),
  };
}

function openServer(ctx: AppContext, httpServer: HttpServer, admission: Admission): LiveServer {
  const { allowedOrigins } = ctx.config.http;
  const io: LiveServer = new Server(httpServer, {
    serveClient: false,
    transports: ['websocket', 'polling'],
    // Deltas are small: deflating them for each client costs many times what it saves.
    perMessageDeflate: false,
    maxHttpBufferSize: 8 * 1024,
    connectTimeout: 10_000,
    // Pages of these may read what is polled; a cookie is never sent along.
    ...(allowedOrigins.length > 0 ? { cors: { origin: [...allowedOrigins], credentials: false } } : {}),
    allowRequest: (request, decide) => {
      const refusal = admission.refusal(request);
      decide(refusal, refusal === null);
    },
  });
  io.engine.on('connection', (connection: LiveSocket['conn']) => admission.count(connection));
  return io;
}

/** `connect_error` has the refusal's message and, as `data.code`, its code. */
async function admit(
  socket: LiveSocket,
  { admission, log, next }: { admission: Admission; log: Logger; next: (error?: Error) => void },
): Promise<void> {
  try {
    const principal = await admission.admit(socket);
    socket.data = freshState(principal, { now: performance.now(), tokens: ASK_BURST });
    next();
  } catch (error) {
    const isRefusal = error instanceof AppError;
    if (!isRefusal) log.error({ err: error }, 'could not identify a socket');
    const refusal = isRefusal ? error : new AppError('internal', 'Something went wrong on our side.');
    next(Object.assign(new Error(refusal.message), { data: { code: refusal.code } }));
  }
}

async function recheckAll(admission: Admission, log: Logger): Promise<void> {
  try {
    await admission.recheck();
  } catch (error) {
    // The next round asks again.
    log.error({ err: error }, 'could not look at the credentials of sockets');
  }
}

/** Encoded once for the whole room, and not at all for a room nobody is in. */
function emitToRoom(io: LiveServer, row: EventRow): void {
  if (!io.sockets.adapter.rooms.has(row.room)) return;
  const event = liveEvent(row);
  io.to(row.room).emit('event', event);
  const isGone = event.payload.type === 'bot' && event.payload.change === 'deleted';
  if (isGone && row.room.startsWith('bot:')) io.in(row.room).socketsLeave(row.room);
}
