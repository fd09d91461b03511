import { sql } from 'kysely';
import type { Db, Reader } from '../database.ts';
import { prepared, type PreparedQuery } from '../prepared.ts';

export interface DelayingBot {
  id: string;
  publishing_json: string;
  is_house: number;
}

/** The bots that publish some part of themselves later; of most arenas none. */
export async function listDelayingBots(db: Reader): Promise<DelayingBot[]> {
  return await db
    .selectFrom('bots as b')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .select(['b.id', 'b.publishing_json', 'u.is_house'])
    .where('b.publishing_json', 'like', '%delayHours%')
    .where('b.deleted_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .orderBy('b.id')
    .execute();
}

interface Span {
  readonly botId: string;
  readonly after: number;
  readonly upTo: number;
}

const tradeIn: PreparedQuery<Span, { at: number }> = prepared((db, param) =>
  db
    .selectFrom('trades')
    .select('executed_at as at')
    .where('bot_id', '=', param('botId'))
    .where('executed_at', '>', param('after'))
    .where('executed_at', '<=', param('upTo'))
    .limit(1),
);
const decisionIn: PreparedQuery<Span, { at: number }> = prepared((db, param) =>
  db
    .selectFrom('bot_decisions')
    .select('timestamp as at')
    .where('bot_id', '=', param('botId'))
    .where('timestamp', '>', param('after'))
    .where('timestamp', '<=', param('upTo'))
    .limit(1),
);

/** Whether the bot traded in (after, upTo]; whatever closes a position is a trade of the same time. */
export async function hasTradeIn(db: Db, span: Span): Promise<boolean> {
  return (await db.first(tradeIn, span)) !== undefined;
}

/** Whether the bot decided in (after, upTo]. */
export async function hasDecisionIn(db: Db, span: Span): Promise<boolean> {
  return (await db.first(decisionIn, span)) !== undefined;
}

/** The last `released` event of a room that told of a part, as its payload; undefined when none is kept. */
export async function findLastRelease(
  db: Reader,
  { room, part }: { room: string; part: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('arena_events')
    .select('payload_json')
    .where('room', '=', room)
    .where('type', '=', sql.lit('released'))
    .where('payload_json', 'like', `%"${part}"%`)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.payload_json;
}

/** The prepared reads of this file, for the query plan test. */
export const RELEASE_READS = { tradeIn, decisionIn };
