import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { AppContext } from '../context.ts';
import { joinSchema, roomSchema, type JoinAnswer } from '../contract/live-events.ts';
import type { EventRow } from '../db/queries/events.ts';
import { AppError } from '../errors.ts';
import { EventTail } from './event-tail.ts';
import { isAllowedOrigin } from '../auth/origin.ts';
import { PriceFrames } from './price-frames.ts';
import { liveEvent, RoomJoiner } from './room-joiner.ts';
import { cutSlowConsumers } from './slow-consumers.ts';
import { cutOff } from './unsent.ts';
import { freshState, type LiveServer, type LiveSocket } from './sockets.ts';

const MOST_ROOMS = 20;
/** A socket may ask to join or leave so often at once, then so often a second. */
const ASK_BURST = 30;
const ASKS_PER_SECOND = 3;
const SLOW_CHECK_MS = 1000;
const POLL_MS = 1000;

export interface Gateway {
  /** Disconnects everyone; the HTTP server stays with whoever opened it. */
  stop(): Promise<void>;
  socketCount(): number;
  /** Offers prices to all sockets; frames are thinned and may be dropped. */
  broadcastPrices(prices: Iterable<{ readonly symbol: string; readonly price: number }>): void;
}

/** Opens the sockets on an HTTP server and follows the event rows. Resolves when events are followed. */
export async function createGateway(ctx: AppContext, httpServer: HttpServer): Promise<Gateway> {
  const log = ctx.log.child({ subsystem: 'live' });
  const io = openServer(ctx, httpServer);
  const tail = new EventTail({
    db: ctx.db,
    log,
    emit: (row) => emitToRoom(io, row),
    afterPiece: () => cutSlowConsumers(io, log),
    pollMs: POLL_MS,
  });
  const prices = new PriceFrames(ctx, (frame) => io.volatile.emit('prices', frame));
  const joiner = new RoomJoiner(ctx, io, tail);
  io.on('connection', (socket) => serve(socket, joiner, ctx));
  await tail.start();
  const slowCheck = setInterval(() => cutSlowConsumers(io, log), SLOW_CHECK_MS).unref();
  return {
    async stop() {
      clearInterval(slowCheck);
      prices.stop();
      await tail.stop();
      io.disconnectSockets(true);
      io.engine.close();
    },
    socketCount: () => io.engine.clientsCount,
    broadcastPrices: (changed) => prices.push(io.engine.clientsCount === 0 ? [] : changed),
  };
}

function openServer(ctx: AppContext, httpServer: HttpServer): LiveServer {
  return new Server(httpServer, {
    serveClient: false,
    transports: ['websocket', 'polling'],
    // Deltas are small: deflating them for each client costs many times what it saves.
    perMessageDeflate: false,
    maxHttpBufferSize: 8 * 1024,
    connectTimeout: 10_000,
    allowRequest: (req, decide) => {
      if (isAllowedOrigin(req, ctx.config.http)) decide(null, true);
      else decide('this origin may not connect', false);
    },
  });
}

/** Encoded once for the whole room, and not at all for a room nobody is in. */
function emitToRoom(io: LiveServer, row: EventRow): void {
  if (!io.sockets.adapter.rooms.has(row.room)) return;
  const event = liveEvent(row);
  io.to(row.room).emit('event', event);
  const isGone = event.payload.type === 'bot' && event.payload.change === 'deleted';
  if (isGone && row.room !== 'arena') io.in(row.room).socketsLeave(row.room);
}

function serve(socket: LiveSocket, joiner: RoomJoiner, ctx: AppContext): void {
  socket.data = freshState(performance.now(), ASK_BURST);
  socket.on('join', (asked: unknown, answer: unknown) => {
    const mayAsk = takeToken(socket);
    if (typeof answer !== 'function') return;
    const reply = (text: JoinAnswer): void => void answer(text);
    if (!mayAsk)
      return reply({ ok: false, code: 'rate-limited', message: 'Too many joins. Wait and try again.' });
    enqueue(
      socket,
      () => joinRoom(socket, { joiner, asked, reply }),
      (error) => {
        ctx.log.error({ err: error, subsystem: 'live' }, 'could not join a room');
        reply({ ok: false, code: 'internal', message: 'Something went wrong on our side.' });
      },
    );
  });
  socket.on('leave', (room: unknown) => {
    const parsed = roomSchema.safeParse(room);
    if (!takeToken(socket)) cutOff(socket);
    else if (parsed.success)
      enqueue(
        socket,
        async () => socket.leave(parsed.data),
        (error) => ctx.log.error({ err: error, subsystem: 'live' }, 'could not leave a room'),
      );
  });
}

async function joinRoom(
  socket: LiveSocket,
  { joiner, asked, reply }: { joiner: RoomJoiner; asked: unknown; reply: (answer: JoinAnswer) => void },
): Promise<void> {
  const parsed = joinSchema.safeParse(asked);
  if (!parsed.success) return reply({ ok: false, code: 'invalid-input', message: 'There is no such room.' });
  const { room } = parsed.data;
  // Each socket is in a room of its own, too.
  if (!socket.rooms.has(room) && socket.rooms.size > MOST_ROOMS)
    return reply({ ok: false, code: 'too-many-rooms', message: `A socket may be in ${MOST_ROOMS} rooms.` });
  try {
    await joiner.join(socket, parsed.data, reply);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    reply({ ok: false, code: error.code, message: error.message });
  }
}

/** One thing of a socket after the other: a second join must not run into the first. */
function enqueue(socket: LiveSocket, run: () => unknown, fail: (error: unknown) => void): void {
  socket.data.queue = socket.data.queue.then(run).then(() => undefined, fail);
}

function takeToken(socket: LiveSocket): boolean {
  const { data } = socket;
  const now = performance.now();
  const earned = ((now - data.tokensAt) / 1000) * ASKS_PER_SECOND;
  data.tokens = Math.min(ASK_BURST, data.tokens + earned);
  data.tokensAt = now;
  if (data.tokens < 1) return false;
  data.tokens -= 1;
  return true;
}
