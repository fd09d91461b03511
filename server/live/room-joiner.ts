import { setTimeout as sleep } from 'node:timers/promises';
import { eventPayload, readArena, readBotRoom } from '../arena/arena-view.ts';
import { getPublicBot } from '../arena/bots-read.ts';
import type { AppContext } from '../context.ts';
import type { JoinAnswer, LiveEvent, RoomSnapshot } from '../contract/live-events.ts';
import { latestSeq, listEventsAfter, type EventRow } from '../db/queries/events.ts';
import type { EventTail } from './event-tail.ts';
import { roomOf } from './rooms.ts';
import { grantGrace, UNSENT_LIMIT_BYTES } from './slow-consumers.ts';
import type { LiveServer, LiveSocket } from './sockets.ts';
import { unsentBytes } from './unsent.ts';

/** Who missed more begins with a snapshot. */
const MOST_MISSED = 500;
const EVENTS_AT_ONCE = 16;
/** Joins that come within this time share one snapshot. */
const GATHER_MS = 10;
const DRAIN_POLL_MS = 10;

export function liveEvent(row: EventRow): LiveEvent {
  return { room: row.room, seq: row.seq, at: row.at, payload: eventPayload(row) };
}

interface Batch {
  readonly sockets: LiveSocket[];
  readonly seq: Promise<number>;
}

/**
 * Brings a socket into a room without a gap or a repeat: it is sent what the room has emitted so far, and joins in the
 * very turn of the event loop in which nothing is missing.
 */
export class RoomJoiner {
  readonly #ctx: AppContext;
  readonly #io: LiveServer;
  readonly #tail: EventTail;
  readonly #batches = new Map<string, Batch>();

  constructor(ctx: AppContext, io: LiveServer, tail: EventTail) {
    this.#ctx = ctx;
    this.#io = io;
    this.#tail = tail;
  }

  /** @throws NotFoundError for a room of an unknown or deleted bot. */
  async join(
    socket: LiveSocket,
    { room, lastSeq }: { room: string; lastSeq?: number },
    answer: (answer: JoinAnswer) => void,
  ): Promise<void> {
    await this.#assertRoom(room);
    await socket.leave(room);
    await this.#tail.catchUp();
    if (lastSeq !== undefined && (await this.#canResume(room, lastSeq))) {
      answer({ ok: true, mode: 'resumed', seq: lastSeq });
      return await this.#follow(socket, room, lastSeq);
    }
    const seq = await this.#snapshot(socket, room);
    answer({ ok: true, mode: 'snapshot', seq });
    await this.#follow(socket, room, seq);
  }

  /** Whoever may enter a user's room is that user, and exists. */
  async #assertRoom(room: string): Promise<void> {
    const { kind, id } = roomOf(room);
    if (kind === 'bot') await getPublicBot(this.#ctx, id);
  }

  /** Not from a future the database does not know, not too far back, and not from before what was pruned. */
  async #canResume(room: string, lastSeq: number): Promise<boolean> {
    const missed = (await latestSeq(this.#ctx.db, room)) - lastSeq;
    if (missed === 0) return true;
    if (missed < 0 || missed > MOST_MISSED) return false;
    const [next] = await listEventsAfter(this.#ctx.db, { room, seq: lastSeq, limit: 1 });
    return next?.seq === lastSeq + 1;
  }

  /** Sends the room's state, built and encoded once for all who ask at the same time. @returns its `seq`. */
  #snapshot(socket: LiveSocket, room: string): Promise<number> {
    const waiting = this.#batches.get(room);
    if (waiting) {
      waiting.sockets.push(socket);
      return waiting.seq;
    }
    const sockets = [socket];
    const seq = this.#sendSnapshot(room, sockets);
    this.#batches.set(room, { sockets, seq });
    return seq;
  }

  async #sendSnapshot(room: string, sockets: readonly LiveSocket[]): Promise<number> {
    try {
      await sleep(GATHER_MS);
      const snapshot = await this.#read(room);
      this.#io.to(sockets.map(({ id }) => id)).emit('snapshot', snapshot);
      for (const socket of sockets) grantGrace(socket);
      return snapshot.seq;
    } finally {
      this.#batches.delete(room);
    }
  }

  async #read(room: string): Promise<RoomSnapshot> {
    const { kind, id } = roomOf(room);
    switch (kind) {
      case 'arena': {
        const state = await readArena(this.#ctx, '1d');
        return { room: 'arena', seq: state.seq, state };
      }
      case 'bot': {
        const state = await readBotRoom(this.#ctx, id);
        return { room: `bot:${id}`, seq: state.seq, state };
      }
      case 'user':
        return { room: `user:${id}`, seq: await latestSeq(this.#ctx.db, room), state: { userId: id } };
      default:
        return kind satisfies never;
    }
  }

  async #follow(socket: LiveSocket, room: string, fromSeq: number): Promise<void> {
    let sent = fromSeq;
    await this.#tail.catchUp();
    while (socket.connected) {
      const rows = await listEventsAfter(this.#ctx.db, { room, seq: sent, limit: EVENTS_AT_ONCE });
      // Nothing awaits from here to the join: what the tail has emitted cannot change in between.
      for (const row of rows) {
        if (row.id > this.#tail.cursor) break;
        socket.emit('event', liveEvent(row));
        sent = row.seq;
      }
      if (this.#tail.lastSeq(room) <= sent && rows.length < EVENTS_AT_ONCE) {
        void socket.join(room);
        return;
      }
      await this.#drained(socket);
    }
  }

  /** A resuming reader gets no more at a time than it reads. One that does not read is cut off by others' events. */
  async #drained(socket: LiveSocket): Promise<void> {
    while (socket.connected && unsentBytes(socket) > UNSENT_LIMIT_BYTES / 2) await sleep(DRAIN_POLL_MS);
  }
}
