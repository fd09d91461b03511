import {
  SqliteAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type CreateTableBuilder,
  type Kysely,
} from 'kysely';

/** Times are epoch ms, `_micros` are integer micro-USD, other money columns are dollars equal to micros / 1e6. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const int = isSqlite ? sql`integer` : sql`bigint`;
  const real = isSqlite ? sql`real` : sql`double precision`;
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const count = (name: string) => (column: ColumnDefinitionBuilder) =>
    column
      .notNull()
      .defaultTo(0)
      .check(sql`${sql.ref(name)} >= 0`);
  /** Whole micros, as dollars. */
  const dollars = (name: string) => (column: ColumnDefinitionBuilder) =>
    column
      .notNull()
      .check(sql`${sql.ref(name)} = round(${sql.ref(name)}, 6) and abs(${sql.ref(name)}) < 1e12`);
  /** SQLite keeps Infinity; both databases compare it, and Postgres its NaN, as larger than this. */
  const finite = (name: string) => (column: ColumnDefinitionBuilder) =>
    column.check(sql`abs(${sql.ref(name)}) < 1e300`);
  const number = (name: string) => (column: ColumnDefinitionBuilder) => finite(name)(column).notNull();
  const strict = <T extends string>(table: CreateTableBuilder<T>) =>
    isSqlite ? table.modifyEnd(sql`strict`) : table;
  const table = (name: string) => strict(db.schema.createTable(name).ifNotExists());
  const index = (name: string) => db.schema.createIndex(name).ifNotExists();
  const autoId = (column: ColumnDefinitionBuilder) =>
    isSqlite ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity();

  await table('price_sets')
    .addColumn('id', int, autoId)
    .addColumn('bucket_at', int, (c) => c.notNull().unique())
    .addColumn('at', int, (c) => c.notNull().unique())
    .addColumn('prices_json', 'text', required)
    .addColumn('ledger_seq', int, required)
    .addColumn('trade_seq', int, required)
    .execute();

  await table('bot_state_snapshots')
    .addColumn('id', int, autoId)
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('epoch', int, required)
    .addColumn('price_set_id', int, (c) => c.references('price_sets.id'))
    .addColumn('balance', real, dollars('balance'))
    .addColumn('margin', real, dollars('margin'))
    .addColumn('unrealized_pnl', real, dollars('unrealized_pnl'))
    .addColumn('realized_pnl', real, dollars('realized_pnl'))
    .addColumn('total_value', real, dollars('total_value'))
    .addColumn('trade_count', int, count('trade_count'))
    .addColumn('win_rate', real, (c) => c.notNull().check(sql`win_rate between 0 and 1`))
    .addColumn('timestamp', int, required)
    .addForeignKeyConstraint('bot_state_snapshots_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();
  await index('bot_state_snapshots_by_time')
    .unique()
    .on('bot_state_snapshots')
    .columns(['timestamp', 'bot_id'])
    .execute();

  // Read whole, bot by bot, at every start: each bot's hours lie together.
  const hours = db.schema.createTable('bot_equity_hours').ifNotExists();
  await (isSqlite ? hours.modifyEnd(sql`strict, without rowid`) : hours)
    .addColumn('bot_id', 'text', (c) => c.notNull().references('bots.id'))
    .addColumn('hour_at', int, required)
    .addColumn('epoch', int, required)
    .addColumn('n', int, (c) => c.notNull().check(sql`n > 0`))
    .addColumn('sum_value', real, number('sum_value'))
    .addColumn('first_value', real, number('first_value'))
    .addColumn('last_value', real, number('last_value'))
    .addColumn('min_value', real, number('min_value'))
    .addColumn('max_value', real, number('max_value'))
    .addColumn('max_drawdown', real, (c) => c.notNull().check(sql`max_drawdown between 0 and 1`))
    .addColumn('first_at', int, required)
    .addColumn('last_at', int, required)
    .addColumn('trade_count', int, count('trade_count'))
    .addColumn('win_count', int, count('win_count'))
    .addColumn('realized_pnl', real, number('realized_pnl'))
    .addPrimaryKeyConstraint('bot_equity_hours_key', ['bot_id', 'hour_at', 'epoch'])
    .execute();

  await table('leaderboard')
    .addColumn('period', 'text', (c) => c.notNull().check(sql`period in ('day', 'week', 'month', 'all')`))
    .addColumn('rank', int, (c) => c.notNull().check(sql`rank >= 1`))
    .addColumn('place', int, (c) => c.check(sql`place >= 1`))
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('total_value', real, number('total_value'))
    .addColumn('return_fraction', real, number('return_fraction'))
    .addColumn('pnl', real, number('pnl'))
    .addColumn('max_drawdown', real, finite('max_drawdown'))
    .addColumn('sharpe', real, finite('sharpe'))
    .addColumn('trade_count', int, required)
    .addColumn('win_rate', real, finite('win_rate'))
    .addColumn('from_at', int, required)
    .addColumn('to_at', int, required)
    .addPrimaryKeyConstraint('leaderboard_key', ['period', 'rank'])
    .addUniqueConstraint('leaderboard_bot', ['period', 'bot_id'])
    .addForeignKeyConstraint('leaderboard_owner', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  await table('arena_events')
    .addColumn('id', int, autoId)
    .addColumn('room', 'text', required)
    .addColumn('seq', int, (c) => c.notNull().check(sql`seq >= 1`))
    .addColumn('type', 'text', required)
    .addColumn('payload_json', 'text', required)
    .addColumn('at', int, required)
    .execute();
  await index('arena_events_by_room').unique().on('arena_events').columns(['room', 'seq']).execute();
  await index('arena_events_feed')
    .on('arena_events')
    .columns(['room', 'seq'])
    .where(sql<boolean>`type in ('turn', 'turn-failed', 'exit')`)
    .execute();

  await table('candles')
    .addColumn('symbol', 'text', required)
    .addColumn('opened_at', int, required)
    .addColumn('open', real, number('open'))
    .addColumn('high', real, number('high'))
    .addColumn('low', real, number('low'))
    .addColumn('close', real, number('close'))
    .addColumn('volume', real, number('volume'))
    .addPrimaryKeyConstraint('candles_key', ['symbol', 'opened_at'])
    .execute();

  await table('market_state')
    .addColumn('id', int, (c) =>
      c
        .primaryKey()
        .notNull()
        .check(sql`id = 1`),
    )
    .addColumn('source', 'text', required)
    .addColumn('fingerprint', 'text', required)
    .addColumn('started_at', int, required)
    .addColumn('clock_at', int, required)
    .addColumn('state_json', 'text', required)
    .addColumn('marks_json', 'text', required)
    .addColumn('finished_at', int)
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const tables = [
    'market_state',
    'candles',
    'arena_events',
    'leaderboard',
    'bot_equity_hours',
    'bot_state_snapshots',
    'price_sets',
  ];
  for (const table of tables) await db.schema.dropTable(table).ifExists().execute();
}
