import { sql, type Expression, type SqlBool } from 'kysely';
import type { Reader } from '../database.ts';

/** Rows of one kind that belong to nothing that is shown. */
export interface OrphanRows {
  readonly count: number;
  /** The first of them. */
  readonly sample: readonly { readonly id: string; readonly note: string }[];
}

/** How many are named. */
const SAMPLE = 20;

/** What a move from the old server could not place. */
export async function findQuarantined(db: Reader): Promise<OrphanRows> {
  const sample = await db
    .selectFrom('migration_quarantine')
    .select(['id', 'source_path', 'reason'])
    .orderBy('id')
    .limit(SAMPLE)
    .execute();
  return {
    count: await countRows(db, 'migration_quarantine'),
    sample: sample.map((row) => ({ id: String(row.id), note: `${row.source_path}: ${row.reason}` })),
  };
}

/** What a move from the old server kept as it was, by its note. */
export async function findArchived(db: Reader): Promise<OrphanRows> {
  const groups = await db
    .selectFrom('legacy_archive')
    .select((eb) => ['note', eb.fn.countAll<number>().as('n')])
    .groupBy('note')
    .orderBy('note')
    .limit(SAMPLE)
    .execute();
  return {
    count: await countRows(db, 'legacy_archive'),
    sample: groups.map(({ note, n }) => ({ id: note, note: `${n} rows` })),
  };
}

/** Providers that are not deleted and decide for no bot that is. */
export async function findUnusedProviders(db: Reader): Promise<OrphanRows> {
  const unused = db
    .selectFrom('llm_providers as p')
    .where('p.deleted_at', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('bots as b')
            .select('b.id')
            .whereRef('b.user_id', '=', 'p.user_id')
            .whereRef('b.provider_id', '=', 'p.id')
            .where('b.deleted_at', 'is', null),
        ),
      ),
    );
  const sample = await unused
    .select(['p.id', 'p.provider_type', 'p.user_id'])
    .orderBy('p.id')
    .limit(SAMPLE)
    .execute();
  const { n } = await unused.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  return {
    count: n,
    sample: sample.map((row) => ({ id: row.id, note: `${row.provider_type} of user ${row.user_id}` })),
  };
}

/** Bots that are deleted, with how many rows of theirs are kept. */
export async function findDeletedBots(db: Reader): Promise<OrphanRows> {
  const sample = await db
    .selectFrom('bots as b')
    .select('b.id')
    .select((eb) => [
      eb
        .selectFrom('trades as t')
        .whereRef('t.bot_id', '=', 'b.id')
        .select(eb.fn.countAll<number>().as('n'))
        .as('trades'),
      eb
        .selectFrom('positions as p')
        .whereRef('p.bot_id', '=', 'b.id')
        .select(eb.fn.countAll<number>().as('n'))
        .as('positions'),
      eb
        .selectFrom('bot_decisions as d')
        .whereRef('d.bot_id', '=', 'b.id')
        .select(eb.fn.countAll<number>().as('n'))
        .as('decisions'),
    ])
    .where('b.deleted_at', 'is not', null)
    .orderBy('b.id')
    .limit(SAMPLE)
    .execute();
  return {
    count: await countRows(db, 'bots', sql<SqlBool>`deleted_at is not null`),
    sample: sample.map((row) => ({
      id: row.id,
      note: `${row.positions} positions, ${row.trades} trades, ${row.decisions} decisions`,
    })),
  };
}

/** Users who are deleted, with how many bots of theirs are kept. */
export async function findDeletedUsers(db: Reader): Promise<OrphanRows> {
  const sample = await db
    .selectFrom('users as u')
    .select('u.id')
    .select((eb) =>
      eb
        .selectFrom('bots as b')
        .whereRef('b.user_id', '=', 'u.id')
        .select(eb.fn.countAll<number>().as('n'))
        .as('bots'),
    )
    .where('u.deleted_at', 'is not', null)
    .orderBy('u.id')
    .limit(SAMPLE)
    .execute();
  return {
    count: await countRows(db, 'users', sql<SqlBool>`deleted_at is not null`),
    sample: sample.map((row) => ({ id: row.id, note: `${row.bots} bots` })),
  };
}

/** Trades that the old server wrote without a position. */
export async function findUnplacedTrades(db: Reader): Promise<OrphanRows> {
  const isUnplaced = sql<SqlBool>`legacy = 1 and position_id is null`;
  const sample = await db
    .selectFrom('trades')
    .select(['id', 'bot_id', 'symbol', 'executed_at'])
    .where(isUnplaced)
    .limit(SAMPLE)
    .execute();
  return {
    count: await countRows(db, 'trades', isUnplaced),
    sample: sample.map((row) => ({
      id: row.id,
      note: `${row.symbol} of bot ${row.bot_id}, ${new Date(row.executed_at).toISOString()}`,
    })),
  };
}

/** Live events of bots that are deleted; they age out. */
export async function findEventsOfDeleted(db: Reader): Promise<OrphanRows> {
  const rooms = await db
    .selectFrom('bots as b')
    .innerJoin('arena_events as e', (join) => join.on('e.room', '=', sql<string>`'bot:' || b.id`))
    .where('b.deleted_at', 'is not', null)
    .groupBy('e.room')
    .select((eb) => ['e.room', eb.fn.countAll<number>().as('n')])
    .orderBy('e.room')
    .execute();
  return {
    count: rooms.reduce((sum, { n }) => sum + n, 0),
    sample: rooms.slice(0, SAMPLE).map(({ room, n }) => ({ id: room, note: `${n} events` })),
  };
}

type Counted = 'migration_quarantine' | 'legacy_archive' | 'bots' | 'users' | 'trades';

async function countRows(db: Reader, table: Counted, where?: Expression<SqlBool>): Promise<number> {
  let query = db.selectFrom(table as 'bots').select((eb) => eb.fn.countAll<number>().as('n'));
  if (where) query = query.where(where);
  return (await query.executeTakeFirstOrThrow()).n;
}
