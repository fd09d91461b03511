import type { AppContext } from '../context.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { redactEvent } from '../db/queries/erase.ts';
import { listEventsAfter, type EventRow } from '../db/queries/events.ts';

const ROWS_AT_ONCE = 500;
/** Events name one bot, and name it first. */
const BOT_ID = /"botId":"([^"]*)"/;

/**
 * Takes what was told of erased bots out of the room that everyone reads: in the place of each event stands that the
 * bot is gone, so that the count goes on without a gap. In steps, because the room may be large; to repeat it does no
 * harm.
 */
export async function redactEvents(
  { db }: Pick<AppContext, 'db'>,
  botIds: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<void> {
  if (botIds.size === 0) return;
  let rows: EventRow[];
  let seq = 0;
  do {
    if (signal?.aborted) return;
    rows = await listEventsAfter(db, { room: 'arena', seq, limit: ROWS_AT_ONCE });
    const writes = rows.flatMap((row) => {
      const botId = row.type === 'bot' ? undefined : BOT_ID.exec(row.payload_json)?.[1];
      return botId !== undefined && botIds.has(botId) ? [redactEvent(db.read, row.id, goneOf(botId))] : [];
    });
    if (writes.length > 0) await db.commit(writes);
    seq = rows.at(-1)?.seq ?? seq;
  } while (rows.length === ROWS_AT_ONCE);
}

function goneOf(botId: string): EventPayload {
  return { type: 'bot', botId, change: 'deleted' };
}
