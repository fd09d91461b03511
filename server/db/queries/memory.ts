import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type PreparedQuery } from '../prepared.ts';

/** The newest trades among which those that ended a position are looked for. */
const TRADES_SEEN = 400;
/** The newest positions that averages are taken of. */
const POSITIONS_SEEN = 1000;

export interface LearningRow {
  /** JSON of the latest summary, or what an old server left; null = none, or cleared. */
  history_summary: string | null;
  /** Arena's clock. */
  learning_since: number | null;
  created_at: number;
}

const learning = prepared<{ botId: string; userId: string }, LearningRow>((db, param) =>
  db
    .selectFrom('bots')
    .select(['history_summary', 'learning_since', 'created_at'])
    .where('id', '=', param('botId'))
    .where('user_id', '=', param('userId'))
    .where('deleted_at', 'is', null),
);

/** What a bot knows of its past; undefined once it is deleted. */
export async function findLearning(
  db: Db,
  bot: { botId: string; userId: string },
): Promise<LearningRow | undefined> {
  return await db.first(learning, bot);
}

export interface PastDecisionRow {
  id: string;
  timestamp: number;
  decisions_json: string;
  notes_json: string;
  execution_success: number;
}

interface Past {
  readonly botId: string;
  readonly epoch: number;
  /** Decisions after it, arena's clock. */
  readonly after: number;
  readonly limit: number;
}

/**
 * The index finds the newest before their epoch is asked for, so that no more rows are walked than may be returned: what
 * a decision says lies behind its prompt, which is long.
 */
const decisions: PreparedQuery<Past, PastDecisionRow> = prepared((db, param) =>
  db
    .selectFrom(
      db
        .selectFrom('bot_decisions')
        .select(['id', 'epoch'])
        .where('bot_id', '=', param('botId'))
        .where('timestamp', '>', param('after'))
        .orderBy('timestamp', 'desc')
        .orderBy('id', 'desc')
        .limit(param('limit'))
        .as('newest'),
    )
    .innerJoin('bot_decisions as d', 'd.id', 'newest.id')
    .select(['d.id', 'd.timestamp', 'd.decisions_json', 'd.notes_json', 'd.execution_success'])
    .where('newest.epoch', '=', param('epoch'))
    .orderBy('d.timestamp', 'desc')
    .orderBy('d.id', 'desc'),
);

/** What a bot has decided in an epoch, newest first. */
export async function listPastDecisions(db: Db, past: Past): Promise<PastDecisionRow[]> {
  return await db.all(decisions, past);
}

export interface OpenedRow {
  id: string;
  status: 'open' | 'closed';
  close_cause: string | null;
  net_micros: number;
}

interface Opened {
  readonly botId: string;
  /** Arena's clock. */
  readonly from: number;
  readonly limit: number;
}

const NET = sql<number>`realized_micros + funding_micros - fees_micros`;

const opened: PreparedQuery<Opened, OpenedRow> = prepared((db, param) =>
  db
    .selectFrom('positions')
    .select(['id', 'status', 'close_cause', NET.as('net_micros')])
    .where('bot_id', '=', param('botId'))
    .where('opened_at', '>=', param('from'))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(param('limit')),
);

/** What became so far of positions opened from a time on, newest first. */
export async function listOpened(db: Db, page: Opened): Promise<OpenedRow[]> {
  return await db.all(opened, page);
}

export interface EndedRow extends OpenedRow {
  symbol: string;
  position_type: 'LONG' | 'SHORT';
  size: number;
  leverage: number;
  entry_price: number;
  exit_price: number | null;
  opened_at: number;
  closed_at: number;
}

interface OfEpoch {
  readonly botId: string;
  readonly epoch: number;
}

/** No index knows when positions were closed, but the trades that closed them are in order of time. */
const ended: PreparedQuery<OfEpoch & { limit: number }, EndedRow> = prepared((db, param) =>
  db
    .selectFrom(
      db
        .selectFrom('trades')
        .select(['seq', 'position_id', 'trade_type', 'exit_price', 'executed_at'])
        .where('bot_id', '=', param('botId'))
        .orderBy('executed_at', 'desc')
        .orderBy('seq', 'desc')
        .limit(TRADES_SEEN)
        .as('newest'),
    )
    .innerJoin('positions as p', 'p.id', 'newest.position_id')
    .select(['p.id', 'p.status', 'p.symbol', 'p.position_type', 'p.size', 'p.leverage', 'p.entry_price'])
    .select(['newest.exit_price', 'p.close_cause', 'p.opened_at', 'p.closed_at', NET.as('net_micros')])
    .where('newest.trade_type', '=', sql.lit('exit'))
    .where('p.status', '=', sql.lit('closed'))
    .where('p.epoch', '=', param('epoch'))
    .whereRef('p.closed_at', '=', 'newest.executed_at')
    .orderBy('newest.executed_at', 'desc')
    .orderBy('newest.seq', 'desc')
    .limit(param('limit'))
    .$narrowType<{ closed_at: number }>(),
);

/** A bot's closed positions of an epoch with their last exit, newest first by closing; among its newest 400 trades. */
export async function listEnded(db: Db, page: OfEpoch & { limit: number }): Promise<EndedRow[]> {
  return await db.all(ended, page);
}

export interface AveragesRow {
  win_micros: number | null;
  loss_micros: number | null;
}

const averages: PreparedQuery<OfEpoch, AveragesRow> = prepared((db, param) =>
  db
    .selectFrom(
      db
        .selectFrom('positions')
        .select(['epoch', 'status', NET.as('net')])
        .where('bot_id', '=', param('botId'))
        .orderBy('opened_at', 'desc')
        .orderBy('id', 'desc')
        .limit(POSITIONS_SEEN)
        .as('newest'),
    )
    .select([
      sql<number | null>`avg(case when net > 0 then net end)`.as('win_micros'),
      sql<number | null>`avg(case when net < 0 then net end)`.as('loss_micros'),
    ])
    .where('epoch', '=', param('epoch'))
    .where('status', '=', sql.lit('closed')),
);

/** What a won and a lost position of an epoch brought on average, micros; among a bot's newest 1,000. */
export async function findAverages(db: Db, of: OfEpoch): Promise<AveragesRow | undefined> {
  return await db.first(averages, of);
}

export interface OpeningRow {
  decision_index: number | null;
  decisions_json: string;
}

interface Opening {
  readonly botId: string;
  readonly positionId: string;
  /** Arena's clock: a position is as old as its first trade. */
  readonly openedAt: number;
}

const opening: PreparedQuery<Opening, OpeningRow> = prepared((db, param) =>
  db
    .selectFrom('trades as t')
    .innerJoin('bot_decisions as d', 'd.id', 't.decision_id')
    .select(['t.decision_index', 'd.decisions_json'])
    .where('t.bot_id', '=', param('botId'))
    .where('t.executed_at', '=', param('openedAt'))
    .where('t.position_id', '=', param('positionId'))
    .where('t.trade_type', '=', sql.lit('entry'))
    .orderBy('t.seq')
    .limit(1),
);

/** The decision that opened a position; undefined when none of this arena did. */
export async function findOpening(db: Db, position: Opening): Promise<OpeningRow | undefined> {
  return await db.first(opening, position);
}

/** Every read of this file, for the query plan test. */
export const MEMORY_READS = { learning, decisions, opened, ended, averages, opening };
