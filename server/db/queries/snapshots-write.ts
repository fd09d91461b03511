import type { Insertable, Selectable } from 'kysely';
import type { Db, Reader } from '../database.ts';
import { prepared, write, writeOnce, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';

type Row<Table extends keyof Database> = Required<Insertable<Database[Table]>>;

export interface PriceSetRow {
  readonly id: number;
  readonly bucket_at: number;
  readonly at: number;
  readonly prices_json: string;
}

/** The marks a batch of snapshots was valued at, and how far ledger and trades had come. */
export function insertPriceSet(db: Reader, row: PriceSetRow): Write {
  return writeOnce(
    db.insertInto('price_sets').values((eb) => ({
      ...row,
      ledger_seq: eb
        .selectFrom('ledger_entries')
        .select((e) => e.fn.coalesce(e.fn.max('id'), e.lit(0)).as('seq')),
      trade_seq: eb.selectFrom('trades').select((e) => e.fn.coalesce(e.fn.max('seq'), e.lit(0)).as('seq')),
    })),
  );
}

export async function findLastPriceSet(
  db: Reader,
): Promise<{ id: number; bucket_at: number; at: number } | undefined> {
  return db
    .selectFrom('price_sets')
    .select(['id', 'bucket_at', 'at'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export type SnapshotRow = Omit<Row<'bot_state_snapshots'>, 'id'>;

export const SNAPSHOT_COLUMNS = [
  'user_id',
  'bot_id',
  'epoch',
  'price_set_id',
  'balance',
  'margin',
  'unrealized_pnl',
  'realized_pnl',
  'total_value',
  'trade_count',
  'win_rate',
  'timestamp',
] as const;

const snapshotInsert = prepared<SnapshotRow>((db, param) =>
  db.insertInto('bot_state_snapshots').values(param.pick(...SNAPSHOT_COLUMNS)),
);
export const insertSnapshot = (row: SnapshotRow): Write => write(snapshotInsert, row);

export type HourRow = Selectable<Database['bot_equity_hours']>;

const hourUpsert = prepared<HourRow>((db, param) => {
  const figures = [
    'n',
    'sum_value',
    'first_value',
    'last_value',
    'min_value',
    'max_value',
    'max_drawdown',
    'first_at',
    'last_at',
    'trade_count',
    'win_count',
    'realized_pnl',
  ] as const;
  return db
    .insertInto('bot_equity_hours')
    .values(param.pick('bot_id', 'hour_at', 'epoch', ...figures))
    .onConflict((conflict) =>
      conflict.columns(['bot_id', 'hour_at', 'epoch']).doUpdateSet(param.pick(...figures)),
    );
});
export const upsertHour = (row: HourRow): Write => write(hourUpsert, row);

/** What the past of a bot is boiled down from. */
export type EndedHour = Pick<
  HourRow,
  'hour_at' | 'n' | 'first_value' | 'last_value' | 'min_value' | 'max_value' | 'max_drawdown' | 'first_at'
>;

const endedHours = prepared<{ bot_id: string; epoch: number }, EndedHour>((db, param) =>
  db
    .selectFrom('bot_equity_hours')
    .select([
      'hour_at',
      'n',
      'first_value',
      'last_value',
      'min_value',
      'max_value',
      'max_drawdown',
      'first_at',
    ])
    .where('bot_id', '=', param('bot_id'))
    .where('epoch', '=', param('epoch'))
    .orderBy('hour_at'),
);

/** Every rolled-up hour of a bot's epoch, in time order. All bots' are read at every start. */
export async function listEndedHours(db: Db, botId: string, epoch: number): Promise<EndedHour[]> {
  return db.all(endedHours, { bot_id: botId, epoch });
}

export interface RawPoint {
  readonly bot_id: string;
  readonly epoch: number;
  readonly total_value: number;
  readonly realized_pnl: number;
  readonly trade_count: number;
  readonly win_rate: number;
  readonly timestamp: number;
}

/** Snapshots taken at or after `since`, in time order. */
export async function listSnapshotsSince(db: Reader, since: number): Promise<RawPoint[]> {
  return db
    .selectFrom('bot_state_snapshots')
    .select(['bot_id', 'epoch', 'total_value', 'realized_pnl', 'trade_count', 'win_rate', 'timestamp'])
    .where('timestamp', '>=', since)
    .orderBy('timestamp')
    .execute();
}

export const hoursSince = prepared<{ bot_id: string; epoch: number; since: number }, HourRow>((db, param) =>
  db
    .selectFrom('bot_equity_hours')
    .selectAll()
    .where('bot_id', '=', param('bot_id'))
    .where('epoch', '=', param('epoch'))
    .where('hour_at', '>=', param('since'))
    .orderBy('hour_at'),
);

export const lastHourBefore = prepared<{ bot_id: string; epoch: number; before: number }, HourRow>(
  (db, param) =>
    db
      .selectFrom('bot_equity_hours')
      .selectAll()
      .where('bot_id', '=', param('bot_id'))
      .where('epoch', '=', param('epoch'))
      .where('hour_at', '<', param('before'))
      .orderBy('hour_at', 'desc')
      .limit(1),
);

export type LeaderboardRow = Row<'leaderboard'>;

export function replaceLeaderboard(
  db: Reader,
  period: LeaderboardRow['period'],
  rows: readonly LeaderboardRow[],
): Write[] {
  return [
    writeOnce(db.deleteFrom('leaderboard').where('period', '=', period)),
    ...rows.map((row) => write(leaderboardInsert, row)),
  ];
}

const leaderboardInsert = prepared<LeaderboardRow>((db, param) =>
  db
    .insertInto('leaderboard')
    .values(
      param.pick(
        'period',
        'rank',
        'place',
        'user_id',
        'bot_id',
        'total_value',
        'return_fraction',
        'pnl',
        'max_drawdown',
        'sharpe',
        'trade_count',
        'win_rate',
        'from_at',
        'to_at',
        'model_cost',
        'net_rank',
        'net_place',
      ),
    ),
);
