import { sql, type Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { ArenaEventsTable } from '../schema/arena-events.ts';

export type EventRow = Selectable<ArenaEventsTable>;

/** What people read: turns and exits. The partial index `arena_events_feed` holds exactly these. */
const FEED_TYPES = sql<string>`('turn', 'turn-failed', 'exit')`;

interface NewEvent {
  room: string;
  type: string;
  payload: string;
  at: number;
}

const insertEvent = prepared<NewEvent>((db, param) =>
  db
    .insertInto('arena_events')
    .columns(['room', 'seq', 'type', 'payload_json', 'at'])
    .expression((eb) =>
      eb
        .selectFrom('arena_events')
        .where('room', '=', param('room'))
        .select((e) => [
          e.cast<string>(e.val(param('room')), 'text').as('room'),
          e(e.fn.coalesce(e.fn.max('seq'), e.lit(0)), '+', 1).as('seq'),
          e.cast<string>(e.val(param('type')), 'text').as('type'),
          e.cast<string>(e.val(param('payload')), 'text').as('payload_json'),
          e.cast<number>(e.val(param('at')), 'bigint').as('at'),
        ]),
    ),
);

/**
 * Appends a live event to a room, in the transaction of the change it tells of. It takes the room's next `seq`.
 * @param at the arena's clock, epoch ms.
 * @param payload the public projection, as `contract/live-events.ts` shapes it (`EventPayload`).
 */
export function appendEvent(room: string, at: number, payload: { readonly type: string }): Write {
  return write(insertEvent, { room, at, type: payload.type, payload: JSON.stringify(payload) });
}

const afterSeq = prepared<{ room: string; seq: number; limit: number }, EventRow>((db, param) =>
  db
    .selectFrom('arena_events')
    .selectAll()
    .where('room', '=', param('room'))
    .where('seq', '>', param('seq'))
    .orderBy('seq')
    .limit(param('limit')),
);

/** The events of a room that follow `seq`, in order. */
export async function listEventsAfter(
  db: Db,
  page: { room: string; seq: number; limit: number },
): Promise<EventRow[]> {
  return await db.all(afterSeq, page);
}

const lastSeq = prepared<{ room: string }, { seq: number }>((db, param) =>
  db
    .selectFrom('arena_events')
    .select('seq')
    .where('room', '=', param('room'))
    .orderBy('seq', 'desc')
    .limit(1),
);

/** 0 = nothing has happened in the room. */
export async function latestSeq(db: Db, room: string): Promise<number> {
  return (await db.first(lastSeq, { room }))?.seq ?? 0;
}

const afterId = prepared<{ id: number; limit: number }, EventRow>((db, param) =>
  db.selectFrom('arena_events').selectAll().where('id', '>', param('id')).orderBy('id').limit(param('limit')),
);

/** The events of all rooms that follow `id`, in the order they were committed. */
export async function listEventsAfterId(db: Db, id: number, limit: number): Promise<EventRow[]> {
  return await db.all(afterId, { id, limit });
}

const lastId = prepared<object, { id: number }>((db) =>
  db.selectFrom('arena_events').select('id').orderBy('id', 'desc').limit(1),
);

export async function latestEventId(db: Db): Promise<number> {
  return (await db.first(lastId, {}))?.id ?? 0;
}

interface FeedPage {
  readonly room: string;
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

const feed = prepared<FeedPage, EventRow>((db, param) =>
  db
    .selectFrom('arena_events')
    .selectAll()
    .where('room', '=', param('room'))
    .where('seq', '>', param('after'))
    .where('seq', '<=', param('upTo'))
    .where(sql<boolean>`type in ${FEED_TYPES}`)
    .orderBy('seq', 'desc')
    .limit(param('limit')),
);

/** The latest turns and exits of a room in (after, upTo], newest first. */
export async function listFeed(db: Db, page: FeedPage): Promise<EventRow[]> {
  return await db.all(feed, page);
}

/** Every read of this file, for the query plan test. */
export const EVENT_READS = { afterSeq, lastSeq, afterId, lastId, feed };
