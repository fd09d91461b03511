import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';

const HOUR_MS = 3_600_000;

/** Ids of snapshots in [from, before) that are neither first, last, lowest nor highest of their bot's hour. */
export async function listPrunableSnapshots(
  db: Reader,
  range: { from: number; before: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('bot_state_snapshots as s')
    .innerJoin('bot_equity_hours as h', (join) =>
      join
        .onRef('h.bot_id', '=', 's.bot_id')
        .onRef('h.epoch', '=', 's.epoch')
        .on('h.hour_at', '=', sql<number>`s.timestamp - s.timestamp % ${sql.lit(HOUR_MS)}`),
    )
    .select('s.id')
    .where('s.timestamp', '>=', range.from)
    .where('s.timestamp', '<', range.before)
    .whereRef('s.timestamp', '!=', 'h.first_at')
    .whereRef('s.timestamp', '!=', 'h.last_at')
    // A lowest or highest value that the first or last snapshot has as well is kept with that one.
    .where((eb) =>
      eb.and(
        (['h.min_value', 'h.max_value'] as const).map((extreme) =>
          eb.or([
            eb('s.total_value', '!=', eb.ref(extreme)),
            eb('h.first_value', '=', eb.ref(extreme)),
            eb('h.last_value', '=', eb.ref(extreme)),
          ]),
        ),
      ),
    )
    .limit(range.limit)
    .execute();
  return rows.map((row) => row.id);
}

export function deleteSnapshots(db: Reader, ids: readonly number[]): Write {
  return writeOnce(db.deleteFrom('bot_state_snapshots').where('id', 'in', ids));
}

/** The rooms that have events, by skipping from one to the next in the index. */
export async function listRoomsWithEvents(db: Reader): Promise<string[]> {
  const rooms: string[] = [];
  for (;;) {
    const next = await db
      .selectFrom('arena_events')
      .select('room')
      .where('room', '>', rooms.at(-1) ?? '')
      .orderBy('room')
      .limit(1)
      .executeTakeFirst();
    if (!next) return rooms;
    rooms.push(next.room);
  }
}

/** Whether the room's oldest event is from before a time, and not its newest. */
export async function hasPrunableEvents(
  db: Reader,
  { room, before }: { room: string; before: number },
): Promise<boolean> {
  const [oldest, next] = await db
    .selectFrom('arena_events')
    .select('at')
    .where('room', '=', room)
    .orderBy('seq')
    .limit(2)
    .execute();
  return oldest !== undefined && next !== undefined && oldest.at < before;
}

/** Deletes a room's oldest events before a time; its newest event always stays. */
export function pruneEvents(db: Reader, prune: { room: string; before: number; limit: number }): Write {
  const oldest = db
    .selectFrom('arena_events')
    .select('id')
    .where('room', '=', prune.room)
    .where('seq', '<', (eb) =>
      eb.selectFrom('arena_events').select(eb.fn.max('seq').as('seq')).where('room', '=', prune.room),
    )
    .orderBy('seq')
    .limit(prune.limit);
  return writeOnce(db.deleteFrom('arena_events').where('id', 'in', oldest).where('at', '<', prune.before));
}
