import { sql, type Kysely } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type Params, type PreparedQuery } from '../prepared.ts';
import type { Database } from '../schema/index.ts';

const DAY_MS = 86_400_000;

/** A bot's rows of some epochs within [from, to]. */
export interface Scope {
  readonly botId: string;
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  readonly from: number;
  readonly to: number;
}

/** The next rows, newest first, that come before (`beforeAt`, `beforeKey`). */
export interface Before {
  readonly beforeAt: number;
  readonly beforeKey: string;
  readonly limit: number;
}

export interface ClosedPositionRow {
  id: string;
  symbol: string;
  position_type: 'LONG' | 'SHORT';
  size: number;
  realized_micros: number;
  fees_micros: number;
  funding_micros: number;
  insurance_micros: number;
  close_cause: string | null;
  opened_at: number;
  closed_at: number;
  legacy: number;
}

/** No index knows when positions were closed: those opened before `beforeAt` are walked, the others passed over. */
const closed: PreparedQuery<Scope & Before, ClosedPositionRow> = prepared((db, param) =>
  db
    .selectFrom('positions')
    .select(['id', 'symbol', 'position_type', 'size', 'close_cause', 'opened_at', 'closed_at', 'legacy'])
    .select(['realized_micros', 'fees_micros', 'funding_micros', 'insurance_micros'])
    .where('bot_id', '=', param('botId'))
    .where('status', '=', sql.lit('closed'))
    .where('epoch', '>=', param('firstEpoch'))
    .where('epoch', '<=', param('lastEpoch'))
    .where('closed_at', '>=', param('from'))
    .where('closed_at', '<=', param('to'))
    .where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(param('beforeAt'), param('beforeKey'))))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(param('limit'))
    .$narrowType<{ closed_at: number }>(),
);

/** Positions closed within the scope, newest first by opening; the id breaks ties of time. */
export async function listClosedPositions(db: Db, page: Scope & Before): Promise<ClosedPositionRow[]> {
  return await db.all(closed, page);
}

export interface ModelUseRow {
  id: string;
  timestamp: number;
  tokens_in: number | null;
  tokens_out: number | null;
  cost_micros: number | null;
  latency_ms: number | null;
}

const modelUse: PreparedQuery<Scope & Before, ModelUseRow> = prepared((db, param) =>
  db
    .selectFrom('bot_decisions')
    .select(['id', 'timestamp', 'tokens_in', 'tokens_out', 'cost_micros', 'latency_ms'])
    .where('bot_id', '=', param('botId'))
    .where('epoch', '>=', param('firstEpoch'))
    .where('epoch', '<=', param('lastEpoch'))
    .where('timestamp', '>=', param('from'))
    .where((eb) => eb(eb.refTuple('timestamp', 'id'), '<', eb.tuple(param('beforeAt'), param('beforeKey'))))
    .orderBy('timestamp', 'desc')
    .orderBy('id', 'desc')
    .limit(param('limit')),
);

/** What a model told of each decision within the scope, newest first; the id breaks ties of time. */
export async function listModelUse(db: Db, page: Scope & Before): Promise<ModelUseRow[]> {
  return await db.all(modelUse, page);
}

export interface EquityDayRow {
  epoch: number;
  /** Time of the day's last snapshot. */
  last_at: number;
  first_value: number;
  last_value: number;
}

const dayEnds = (db: Kysely<Database>, param: Params<Scope>) =>
  db
    .selectFrom('bot_equity_hours')
    .select(({ fn }) => [
      'bot_id',
      'epoch',
      fn.min('hour_at').as('first_hour'),
      fn.max('hour_at').as('last_hour'),
    ])
    .where('bot_id', '=', param('botId'))
    .where('epoch', '>=', param('firstEpoch'))
    .where('epoch', '<=', param('lastEpoch'))
    .where('hour_at', '>=', param('from'))
    .where('last_at', '<=', param('to'))
    .groupBy(['bot_id', 'epoch', sql`cast(hour_at / ${sql.lit(DAY_MS)} as bigint)`]);

const days: PreparedQuery<Scope, EquityDayRow> = prepared((db, param) =>
  db
    .selectFrom(dayEnds(db, param).as('day'))
    .innerJoin('bot_equity_hours as f', (on) =>
      on
        .onRef('f.bot_id', '=', 'day.bot_id')
        .onRef('f.hour_at', '=', 'day.first_hour')
        .onRef('f.epoch', '=', 'day.epoch'),
    )
    .innerJoin('bot_equity_hours as l', (on) =>
      on
        .onRef('l.bot_id', '=', 'day.bot_id')
        .onRef('l.hour_at', '=', 'day.last_hour')
        .onRef('l.epoch', '=', 'day.epoch'),
    )
    .select(['day.epoch', 'l.last_at', 'f.first_value', 'l.last_value'])
    .orderBy('day.epoch')
    .orderBy('day.last_hour'),
);

/**
 * First and last value of each day (UTC) of a bot's rolled-up hours, epoch by epoch, oldest first.
 * @param scope `from` is the beginning of an hour.
 */
export async function listEquityDays(db: Db, scope: Scope): Promise<EquityDayRow[]> {
  return await db.all(days, scope);
}

/** Every read of this file, for the query plan test. */
export const ANALYTICS_READS = { closed, modelUse, days };
