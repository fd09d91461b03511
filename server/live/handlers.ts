import type { AppContext } from '../context.ts';
import {
  joinSchema,
  roomSchema,
  type ClientToServerEvents,
  type JoinAnswer,
} from '../contract/live-events.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
import { REFUSALS } from './policy.ts';
import type { RoomJoiner } from './room-joiner.ts';
import { ownerOf, roomOf } from './rooms.ts';
import type { LiveSocket } from './sockets.ts';
import { cutOff } from './unsent.ts';

const MOST_ROOMS = 20;
/** A socket may ask to join or leave so often at once, then so often a second. */
export const ASK_BURST = 30;
const ASKS_PER_SECOND = 3;

/** What they send is anything at all. */
type Handler = (socket: LiveSocket, ...sent: readonly unknown[]) => void;
/** Nothing else is listened to. */
type Handlers = Readonly<Record<keyof ClientToServerEvents, Handler>>;

export interface HandlerDeps {
  readonly ctx: Pick<AppContext, 'books'>;
  readonly admission: Admission;
  readonly joiner: RoomJoiner;
  readonly log: Logger;
}

export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    join: (socket, asked, answer) => takeJoin(deps, socket, { asked, answer }),
    leave: (socket, room) => takeLeave(deps, socket, room),
  };
}

export function listen(socket: LiveSocket, handlers: Handlers): void {
  for (const [event, handle] of Object.entries(handlers))
    socket.on(event as keyof Handlers, (...sent: readonly unknown[]) => handle(socket, ...sent));
}

function takeJoin(
  deps: HandlerDeps,
  socket: LiveSocket,
  { asked, answer }: { asked: unknown; answer: unknown },
): void {
  const mayAsk = takeToken(socket);
  if (typeof answer !== 'function') return;
  const reply = (text: JoinAnswer): void => void answer(text);
  if (!mayAsk)
    return reply({ ok: false, code: 'rate-limited', message: 'Too many joins. Wait and try again.' });
  enqueue(
    socket,
    () => joinRoom(deps, socket, { asked, reply }),
    (error) => {
      deps.log.error({ err: error }, 'could not join a room');
      reply({ ok: false, code: 'internal', message: 'Something went wrong on our side.' });
    },
  );
}

function takeLeave(deps: HandlerDeps, socket: LiveSocket, room: unknown): void {
  const parsed = roomSchema.safeParse(room);
  if (!takeToken(socket)) cutOff(socket);
  else if (parsed.success)
    enqueue(
      socket,
      async () => {
        await deps.admission.assertMay(socket, ownerOf(deps.ctx, parsed.data), 'leave');
        await socket.leave(parsed.data);
      },
      (error) => {
        // Nothing is answered: who may not leave is put out.
        if (!(error instanceof AppError)) deps.log.error({ err: error }, 'could not leave a room');
      },
    );
}

async function joinRoom(
  { ctx, admission, joiner }: HandlerDeps,
  socket: LiveSocket,
  { asked, reply }: { asked: unknown; reply: (answer: JoinAnswer) => void },
): Promise<void> {
  const parsed = joinSchema.safeParse(asked);
  if (!parsed.success) return reply({ ok: false, code: 'invalid-input', message: REFUSALS['invalid-input'] });
  const { room } = parsed.data;
  // Each socket is in a room of its own, too.
  if (!socket.rooms.has(room) && socket.rooms.size > MOST_ROOMS)
    return reply({ ok: false, code: 'too-many-rooms', message: `A socket may be in ${MOST_ROOMS} rooms.` });
  try {
    await admission.assertMay(socket, ownerOf(ctx, room), 'join', `room ${roomOf(room).kind}`);
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
