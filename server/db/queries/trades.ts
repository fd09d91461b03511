import type { Kysely, Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type Params, type PreparedQuery } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { TradesTable } from '../schema/trades.ts';
import type { TimePage } from './time-page.ts';

export type TradeRow = Selectable<TradesTable>;

interface OfBot extends TimePage<number> {
  readonly botId: string;
}
interface OfSymbol extends OfBot {
  readonly symbol: string;
}

const page = (db: Kysely<Database>, param: Params<OfBot>) =>
  db
    .selectFrom('trades')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where('executed_at', '>=', param('from'))
    .where((eb) =>
      eb(eb.refTuple('executed_at', 'seq'), '<', eb.tuple(param('beforeAt'), param('beforeKey'))),
    )
    .orderBy('executed_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(param('limit'));

/** The symbol is part of the bounds: only the index that begins with bot and symbol can follow them. */
const symbolPage = (db: Kysely<Database>, param: Params<OfSymbol>) =>
  db
    .selectFrom('trades')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where((eb) => eb(eb.refTuple('symbol', 'executed_at'), '>=', eb.tuple(param('symbol'), param('from'))))
    .where((eb) =>
      eb(
        eb.refTuple('symbol', 'executed_at', 'seq'),
        '<',
        eb.tuple(param('symbol'), param('beforeAt'), param('beforeKey')),
      ),
    )
    .orderBy('symbol', 'desc')
    .orderBy('executed_at', 'desc')
    .orderBy('seq', 'desc')
    .limit(param('limit'));

const ofBot: PreparedQuery<OfBot, TradeRow> = prepared((db, param) => page(db, param));
const ofSymbol: PreparedQuery<OfSymbol, TradeRow> = prepared((db, param) => symbolPage(db, param));

/** A bot's trades, newest first; `seq` breaks ties of time. */
export async function listTrades(
  db: Db,
  botId: string,
  { symbol, ...rest }: TimePage<number> & { symbol?: string },
): Promise<TradeRow[]> {
  return symbol === undefined
    ? await db.all(ofBot, { botId, ...rest })
    : await db.all(ofSymbol, { botId, symbol, ...rest });
}

/** Every read of this file, for the query plan test. */
export const TRADE_READS = { ofBot, ofSymbol };
