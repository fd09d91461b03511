import { sql, type Kysely, type Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type Params, type PreparedQuery } from '../prepared.ts';
import type { BotStateSnapshotsTable } from '../schema/bot-state-snapshots.ts';
import type { Database } from '../schema/index.ts';
import { slotList, type Slots } from '../slots.ts';

export type SnapshotRow = Selectable<BotStateSnapshotsTable>;

export interface EquityRow {
  bot_id: string;
  epoch: number;
  timestamp: number;
  total_value: number;
}

/** [from, to] in buckets of `stepMs`; each bucket gives its last row. */
export interface Thinning {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** How many bots' curves one statement reads. */
export const CURVES_AT_ONCE = 32;
const curveBots = slotList(CURVES_AT_ONCE);
/** How many bots' values one statement reads. */
export const VALUES_AT_ONCE = 100;
const valueBots = slotList(VALUES_AT_ONCE);

const lastSet = prepared<{ at: number }, { at: number }>((db, param) =>
  db.selectFrom('price_sets').select('at').where('at', '<=', param('at')).orderBy('at', 'desc').limit(1),
);

/** The time of the last snapshot of all bots at or before `at`. */
export async function findSnapshotTime(db: Db, at: number): Promise<number | undefined> {
  return (await db.first(lastSet, { at }))?.at;
}

const atTime = prepared<{ at: number } & Slots, EquityRow>((db, param) =>
  db
    .selectFrom('bot_state_snapshots')
    .select(['bot_id', 'epoch', 'timestamp', 'total_value'])
    .where('timestamp', '=', param('at'))
    .where('bot_id', 'in', valueBots.in(param)),
);

/** Several bots' values at a snapshot's exact time. @param botIds at most VALUES_AT_ONCE. */
export async function listValuesAt(db: Db, botIds: readonly string[], at: number): Promise<EquityRow[]> {
  return await db.all(atTime, { at, ...valueBots.fill(botIds) });
}

const ofBotAtTime = prepared<{ at: number; botId: string }, EquityRow>((db, param) =>
  db
    .selectFrom('bot_state_snapshots')
    .select(['bot_id', 'epoch', 'timestamp', 'total_value'])
    .where('timestamp', '=', param('at'))
    .where('bot_id', '=', param('botId')),
);

export async function findValueAt(db: Db, botId: string, at: number): Promise<EquityRow | undefined> {
  return await db.first(ofBotAtTime, { botId, at });
}

const snapshotAt: PreparedQuery<{ at: number; botId: string }, SnapshotRow> = prepared((db, param) =>
  db
    .selectFrom('bot_state_snapshots')
    .selectAll()
    .where('timestamp', '=', param('at'))
    .where('bot_id', '=', param('botId')),
);

/** A bot's snapshot of exactly that time. */
export async function findSnapshot(db: Db, botId: string, at: number): Promise<SnapshotRow | undefined> {
  return await db.first(snapshotAt, { botId, at });
}

/** Snapshots lie in time order, so a bot's rows are found time by time: first which times, then one seek each. */
const thinnedSets = (db: Kysely<Database>, param: Params<Thinning>) =>
  db
    .selectFrom('price_sets')
    .select(({ fn }) => fn.max('at').as('at'))
    .where('at', '>=', param('from'))
    .where('at', '<=', param('to'))
    .groupBy(sql`cast((at - ${param('from')}) / ${param('stepMs')} as bigint)`);

const snapshotsOfBot: PreparedQuery<Thinning & { botId: string }, SnapshotRow> = prepared((db, param) =>
  db
    .selectFrom(thinnedSets(db, param as Params<Thinning>).as('times'))
    .innerJoin('bot_state_snapshots as s', 's.timestamp', 'times.at')
    .selectAll('s')
    .where('s.bot_id', '=', param('botId'))
    .orderBy('s.timestamp', 'desc'),
);

/** One bot's snapshots, newest first, at most one for each step. For spans of hours: every set of prices is looked at. */
export async function listSnapshots(db: Db, botId: string, span: Thinning): Promise<SnapshotRow[]> {
  return await db.all(snapshotsOfBot, { botId, ...span });
}

const curvesOfBots: PreparedQuery<Thinning & Slots, EquityRow> = prepared((db, param) =>
  db
    .selectFrom(thinnedSets(db, param as Params<Thinning>).as('times'))
    .innerJoin('bot_state_snapshots as s', 's.timestamp', 'times.at')
    .select(['s.bot_id', 's.epoch', 's.timestamp', 's.total_value'])
    .where('s.bot_id', 'in', curveBots.in(param))
    .orderBy('s.timestamp'),
);

/** Several bots' values, oldest first. @param botIds at most CURVES_AT_ONCE. */
export async function listCurves(db: Db, botIds: readonly string[], span: Thinning): Promise<EquityRow[]> {
  return await db.all(curvesOfBots, { ...span, ...curveBots.fill(botIds) });
}

const hours = (db: Kysely<Database>, param: Params<Thinning>) =>
  db
    .selectFrom('bot_equity_hours')
    .select(['bot_id', ({ fn }) => fn.max('hour_at').as('hour_at')])
    .where('hour_at', '>=', param('from'))
    .where('hour_at', '<=', param('to'))
    .groupBy(['bot_id', sql`cast(hour_at / ${param('stepMs')} as bigint)`]);

const hourlyOfBot: PreparedQuery<Thinning & { botId: string }, SnapshotRow> = prepared((db, param) =>
  db
    .selectFrom(
      hours(db, param as Params<Thinning>)
        .where('bot_id', '=', param('botId'))
        .as('kept'),
    )
    .innerJoin('bot_equity_hours as h', (on) =>
      on.onRef('h.bot_id', '=', 'kept.bot_id').onRef('h.hour_at', '=', 'kept.hour_at'),
    )
    .innerJoin('bot_state_snapshots as s', (on) =>
      on.onRef('s.timestamp', '=', 'h.last_at').onRef('s.bot_id', '=', 'h.bot_id'),
    )
    .selectAll('s')
    .where('h.last_at', '<=', param('to'))
    .orderBy('s.timestamp', 'desc'),
);

/** One bot's last snapshot of an hour, newest first, at most one for each step of whole hours. */
export async function listHourlySnapshots(db: Db, botId: string, span: Thinning): Promise<SnapshotRow[]> {
  return await db.all(hourlyOfBot, { botId, ...span });
}

const hourlyCurves: PreparedQuery<Thinning & Slots, EquityRow> = prepared((db, param) =>
  db
    .selectFrom(
      hours(db, param as Params<Thinning>)
        .where('bot_id', 'in', curveBots.in(param))
        .as('kept'),
    )
    .innerJoin('bot_equity_hours as h', (on) =>
      on.onRef('h.bot_id', '=', 'kept.bot_id').onRef('h.hour_at', '=', 'kept.hour_at'),
    )
    .select(['h.bot_id', 'h.epoch', 'h.last_at as timestamp', 'h.last_value as total_value'])
    .where('h.last_at', '<=', param('to'))
    .orderBy('h.last_at'),
);

/** Several bots' values at the ends of hours, oldest first. @param botIds at most CURVES_AT_ONCE. */
export async function listHourlyCurves(
  db: Db,
  botIds: readonly string[],
  span: Thinning,
): Promise<EquityRow[]> {
  return await db.all(hourlyCurves, { ...span, ...curveBots.fill(botIds) });
}

/** Every read of this file, for the query plan test. */
export const SNAPSHOT_READS = {
  lastSet,
  atTime,
  ofBotAtTime,
  snapshotAt,
  snapshotsOfBot,
  curvesOfBots,
  hourlyOfBot,
  hourlyCurves,
};
