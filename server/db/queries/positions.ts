import { sql, type Kysely, type Selectable } from 'kysely';
import type { Db, Reader } from '../database.ts';
import { prepared, type Params, type PreparedQuery } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { PositionsTable } from '../schema/positions.ts';
import type { TimePage } from './time-page.ts';

export type PositionRow = Selectable<PositionsTable>;

interface OfBot extends TimePage<string> {
  readonly botId: string;
}
interface OfSymbol extends OfBot {
  readonly symbol: string;
}

const page = (db: Kysely<Database>, param: Params<OfBot>) =>
  db
    .selectFrom('positions')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where('opened_at', '>=', param('from'))
    .where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(param('beforeAt'), param('beforeKey'))))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(param('limit'));

/** The symbol is part of the bounds: only the index that begins with bot and symbol can follow them. */
const symbolPage = (db: Kysely<Database>, param: Params<OfSymbol>) =>
  db
    .selectFrom('positions')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where((eb) => eb(eb.refTuple('symbol', 'opened_at'), '>=', eb.tuple(param('symbol'), param('from'))))
    .where((eb) =>
      eb(
        eb.refTuple('symbol', 'opened_at', 'id'),
        '<',
        eb.tuple(param('symbol'), param('beforeAt'), param('beforeKey')),
      ),
    )
    .orderBy('symbol', 'desc')
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(param('limit'));

const ofBot: PreparedQuery<OfBot, PositionRow> = prepared((db, param) => page(db, param));
const ofSymbol: PreparedQuery<OfSymbol, PositionRow> = prepared((db, param) => symbolPage(db, param));
const closedOfBot: PreparedQuery<OfBot, PositionRow> = prepared((db, param) =>
  page(db, param).where('status', '=', 'closed'),
);
const closedOfSymbol: PreparedQuery<OfSymbol, PositionRow> = prepared((db, param) =>
  symbolPage(db, param).where('status', '=', 'closed'),
);
/** Open ones are few and lie anywhere in time: the partial index finds them, nothing is walked. */
const openOfBot: PreparedQuery<{ botId: string }, PositionRow> = prepared((db, param) =>
  db
    .selectFrom('positions')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where('status', '=', sql.lit('open')),
);

/** A bot's closed positions, or all of them, newest first by opening; the id breaks ties of time. */
export async function listPositions(
  db: Db,
  botId: string,
  { symbol, status, ...rest }: TimePage<string> & { symbol?: string; status?: 'closed' },
): Promise<PositionRow[]> {
  if (symbol === undefined) return await db.all(status ? closedOfBot : ofBot, { botId, ...rest });
  return await db.all(status ? closedOfSymbol : ofSymbol, { botId, symbol, ...rest });
}

/** In no particular order. */
export async function listOpenPositions(db: Db, botId: string): Promise<PositionRow[]> {
  return await db.all(openOfBot, { botId });
}

/** A position of somebody's own bot. */
export async function findPosition(
  db: Reader,
  { botId, userId, positionId }: { botId: string; userId: string; positionId: string },
): Promise<PositionRow | undefined> {
  return await db
    .selectFrom('positions')
    .selectAll()
    .where('id', '=', positionId)
    .where('bot_id', '=', botId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** For readers who see positions later: those closed by `until`. Rare, so not prepared. */
export async function listReleasedPositions(
  db: Db,
  botId: string,
  { symbol, until, ...rest }: TimePage<string> & { symbol?: string; until: number },
): Promise<PositionRow[]> {
  return await db.read
    .selectFrom('positions')
    .selectAll()
    .where('bot_id', '=', botId)
    .where('status', '=', 'closed')
    .where('closed_at', '<=', until)
    .where('opened_at', '>=', rest.from)
    .where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(rest.beforeAt, rest.beforeKey)))
    .$if(symbol !== undefined, (query) => query.where('symbol', '=', symbol ?? ''))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rest.limit)
    .execute();
}

/** Every read of this file, for the query plan test. */
export const POSITION_READS = { ofBot, ofSymbol, closedOfBot, closedOfSymbol, openOfBot };
