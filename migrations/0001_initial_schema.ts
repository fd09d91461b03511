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
  const flag = (name: string) => (column: ColumnDefinitionBuilder) =>
    column
      .notNull()
      .defaultTo(0)
      .check(sql`${sql.ref(name)} in (0, 1)`);
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
  const price = (name: string) => (column: ColumnDefinitionBuilder) =>
    column.check(sql`${sql.ref(name)} > 0 and ${sql.ref(name)} < 1e12`);
  const strict = <T extends string>(table: CreateTableBuilder<T>) =>
    isSqlite ? table.modifyEnd(sql`strict`) : table;
  const table = (name: string) => strict(db.schema.createTable(name).ifNotExists());
  const index = (name: string) => db.schema.createIndex(name).ifNotExists();
  const autoId = (column: ColumnDefinitionBuilder) =>
    isSqlite ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity();

  await table('users')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('username', 'text', required)
    .addColumn('password_hash', 'text')
    .addColumn('role', 'text', (c) =>
      c.notNull().check(sql`role in ('viewer', 'user', 'moderator', 'admin')`),
    )
    .addColumn('is_house', int, flag('is_house'))
    .addColumn('is_active', int, (c) =>
      c
        .notNull()
        .defaultTo(1)
        .check(sql`is_active in (0, 1)`),
    )
    .addColumn('created_at', int, required)
    .addColumn('deleted_at', int)
    .execute();
  await index('users_username')
    .unique()
    .on('users')
    .expression(sql`lower(username)`)
    .execute();

  await table('system_settings')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('value', 'text', required)
    .addColumn('data_type', 'text', (c) =>
      c.notNull().check(sql`data_type in ('number', 'text', 'boolean', 'json')`),
    )
    .addColumn('description', 'text', required)
    .addColumn('updated_at', int, required)
    .execute();

  await table('audit_log')
    .addColumn('id', int, autoId)
    .addColumn('user_id', 'text')
    .addColumn('action', 'text', required)
    .addColumn('subject_type', 'text', required)
    .addColumn('subject_id', 'text', required)
    .addColumn('details_json', 'text', required)
    .addColumn('created_at', int, required)
    .execute();

  await table('llm_providers')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('name', 'text', required)
    .addColumn('provider_type', 'text', required)
    .addColumn('api_endpoint', 'text')
    .addColumn('model_name', 'text', required)
    .addColumn('api_key_encrypted', 'text')
    .addColumn('config_json', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('is_active', int, (c) =>
      c
        .notNull()
        .defaultTo(1)
        .check(sql`is_active in (0, 1)`),
    )
    .addColumn('created_at', int, required)
    .addColumn('updated_at', int, required)
    .addUniqueConstraint('llm_providers_owner', ['user_id', 'id'])
    .execute();

  await table('bots')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('name', 'text', (c) => c.notNull().check(sql`length(name) between 1 and 64`))
    .addColumn('prompt', 'text', required)
    .addColumn('provider_id', 'text', required)
    .addColumn('trading_mode', 'text', (c) => c.notNull().check(sql`trading_mode in ('paper', 'live')`))
    .addColumn('is_active', int, (c) =>
      c
        .notNull()
        .defaultTo(1)
        .check(sql`is_active in (0, 1)`),
    )
    .addColumn('is_paused', int, flag('is_paused'))
    .addColumn('pause_reason', 'text')
    .addColumn('history_summary', 'text')
    .addColumn('trading_symbols', 'text')
    .addColumn('settings_json', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('avatar_image', 'text')
    .addColumn('created_at', int, required)
    .addColumn('updated_at', int, required)
    .addColumn('deleted_at', int)
    .addUniqueConstraint('bots_owner', ['user_id', 'id'])
    .addForeignKeyConstraint('bots_provider', ['user_id', 'provider_id'], 'llm_providers', ['user_id', 'id'])
    .execute();
  await index('bots_name')
    .unique()
    .on('bots')
    .expression(sql`user_id, lower(name)`)
    .where(sql.ref('deleted_at'), 'is', null)
    .execute();

  await table('bot_accounts')
    .addColumn('bot_id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', required)
    .addColumn('version', int, count('version'))
    .addColumn('epoch', int, (c) =>
      c
        .notNull()
        .defaultTo(1)
        .check(sql`epoch >= 1`),
    )
    .addColumn('cash_micros', int, count('cash_micros'))
    .addColumn('initial_balance_micros', int, count('initial_balance_micros'))
    .addColumn('trade_count', int, count('trade_count'))
    .addColumn('win_count', int, count('win_count'))
    .addColumn('realized_micros', int, (c) => c.notNull().defaultTo(0))
    .addColumn('fees_micros', int, count('fees_micros'))
    .addColumn('funding_micros', int, (c) => c.notNull().defaultTo(0))
    .addColumn('cooldowns_json', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('last_turn_no', int, count('last_turn_no'))
    .addColumn('last_turn_at', int)
    .addColumn('skipped_turns', int, count('skipped_turns'))
    .addForeignKeyConstraint('bot_accounts_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  await table('bot_turns')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('turn_no', int, (c) => c.notNull().check(sql`turn_no >= 1`))
    .addColumn('epoch', int, required)
    .addColumn('cause', 'text', (c) => c.notNull().check(sql`cause in ('timer', 'forced')`))
    .addColumn('status', 'text', (c) =>
      c.notNull().check(sql`status in ('claimed', 'asked', 'answered', 'applied', 'failed', 'abandoned')`),
    )
    .addColumn('due_at', int, required)
    .addColumn('prompt', 'text')
    .addColumn('prompt_hash', 'text')
    .addColumn('decision_prices_json', 'text')
    .addColumn('raw_answer', 'text')
    .addColumn('model', 'text')
    .addColumn('tokens_in', int)
    .addColumn('tokens_out', int)
    .addColumn('cost_micros', int)
    .addColumn('latency_ms', int)
    .addColumn('reason', 'text')
    .addColumn('claimed_at', int, required)
    .addColumn('answered_at', int)
    .addColumn('ended_at', int)
    .addUniqueConstraint('bot_turns_number', ['bot_id', 'turn_no'])
    .addForeignKeyConstraint('bot_turns_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .addCheckConstraint(
      'bot_turns_answer',
      sql`status not in ('answered', 'applied') or (raw_answer is not null and prompt_hash is not null)`,
    )
    .execute();
  await index('bot_turns_running')
    .unique()
    .on('bot_turns')
    .column('bot_id')
    .where(sql.ref('status'), 'in', sql`('claimed', 'asked', 'answered')`)
    .execute();

  await table('bot_decisions')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('turn_id', 'text', (c) => c.unique().references('bot_turns.id'))
    .addColumn('epoch', int, required)
    .addColumn('prompt_sent', 'text', required)
    .addColumn('raw_answer', 'text')
    .addColumn('decisions_json', 'text', required)
    .addColumn('notes_json', 'text', required)
    .addColumn('execution_success', int, (c) => c.notNull().check(sql`execution_success in (0, 1)`))
    .addColumn('model', 'text')
    .addColumn('tokens_in', int)
    .addColumn('tokens_out', int)
    .addColumn('cost_micros', int)
    .addColumn('latency_ms', int)
    .addColumn('timestamp', int, required)
    .addForeignKeyConstraint('bot_decisions_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();
  await index('bot_decisions_by_time').on('bot_decisions').columns(['bot_id', 'timestamp', 'id']).execute();

  await table('positions')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('epoch', int, required)
    .addColumn('symbol', 'text', required)
    .addColumn('position_type', 'text', (c) => c.notNull().check(sql`position_type in ('LONG', 'SHORT')`))
    .addColumn('entry_price', real, (c) => price('entry_price')(c).notNull())
    .addColumn('size', real, dollars('size'))
    .addColumn('leverage', real, (c) => c.notNull().check(sql`leverage >= 1 and leverage <= 1000`))
    .addColumn('quantity', real, (c) => c.notNull().check(sql`quantity >= 0 and quantity < 1e300`))
    .addColumn('entry_quantity', real, (c) =>
      c.notNull().check(sql`entry_quantity > 0 and entry_quantity < 1e300`),
    )
    .addColumn('cost_micros', int, count('cost_micros'))
    .addColumn('margin_micros', int, count('margin_micros'))
    .addColumn('maintenance_rate', real, (c) =>
      c.notNull().check(sql`maintenance_rate >= 0 and maintenance_rate < 1`),
    )
    .addColumn('stop_loss', real, price('stop_loss'))
    .addColumn('take_profit', real, price('take_profit'))
    .addColumn('liquidation_price', real, price('liquidation_price'))
    .addColumn('unrealized_pnl', real, dollars('unrealized_pnl'))
    .addColumn('realized_micros', int, (c) => c.notNull().defaultTo(0))
    .addColumn('fees_micros', int, count('fees_micros'))
    .addColumn('funding_micros', int, (c) => c.notNull().defaultTo(0))
    .addColumn('insurance_micros', int, count('insurance_micros'))
    .addColumn('status', 'text', (c) => c.notNull().check(sql`status in ('open', 'closed')`))
    .addColumn('close_cause', 'text')
    .addColumn('opened_at', int, required)
    .addColumn('levels_set_at', int, required)
    .addColumn('closed_at', int)
    .addColumn('last_funding_at', int)
    .addColumn('legacy', int, flag('legacy'))
    .addUniqueConstraint('positions_of_bot', ['bot_id', 'id'])
    .addForeignKeyConstraint('positions_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .addCheckConstraint(
      'positions_closed',
      sql`(status = 'closed') = (quantity = 0) and (status = 'closed') = (closed_at is not null)`,
    )
    .addCheckConstraint('positions_emptied', sql`status = 'open' or (margin_micros = 0 and cost_micros = 0)`)
    .addCheckConstraint('positions_times', sql`closed_at is null or closed_at >= opened_at`)
    .execute();
  await index('positions_open')
    .on('positions')
    .columns(['bot_id', 'symbol'])
    .where('status' as never, '=', sql.lit('open') as never)
    .execute();
  await index('positions_by_time').on('positions').columns(['bot_id', 'opened_at', 'id']).execute();
  await index('positions_by_symbol')
    .on('positions')
    .columns(['bot_id', 'symbol', 'opened_at', 'id'])
    .execute();

  await table('trades')
    .addColumn('seq', int, autoId)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('epoch', int, required)
    .addColumn('position_id', 'text')
    .addColumn('decision_id', 'text', (c) => c.references('bot_decisions.id'))
    .addColumn('decision_index', int)
    .addColumn('symbol', 'text', required)
    .addColumn('trade_type', 'text', (c) => c.notNull().check(sql`trade_type in ('entry', 'exit')`))
    .addColumn('action', 'text', (c) => c.notNull().check(sql`action in ('LONG', 'SHORT')`))
    .addColumn('entry_price', real, price('entry_price'))
    .addColumn('exit_price', real, price('exit_price'))
    .addColumn('size', real, dollars('size'))
    .addColumn('leverage', real, (c) => c.notNull().check(sql`leverage > 0 and leverage < 1e300`))
    .addColumn('pnl', real, dollars('pnl'))
    .addColumn('fee', real, dollars('fee'))
    .addColumn('quantity', real, (c) => c.notNull().check(sql`quantity >= 0 and quantity < 1e300`))
    .addColumn('notional', real, dollars('notional'))
    .addColumn('cost', real, dollars('cost'))
    .addColumn('insurance', real, dollars('insurance'))
    .addColumn('cause', 'text', required)
    .addColumn('decision_price', real, price('decision_price'))
    .addColumn('slippage', real, (c) => c.notNull().check(sql`slippage >= 0 and slippage < 1e300`))
    .addColumn('delay_ms', int)
    .addColumn('executed_at', int, required)
    .addColumn('legacy', int, flag('legacy'))
    .addForeignKeyConstraint('trades_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .addForeignKeyConstraint('trades_position', ['bot_id', 'position_id'], 'positions', ['bot_id', 'id'])
    .addCheckConstraint('trades_cause', sql`legacy = 1 or (cause = 'decision') = (decision_id is not null)`)
    .execute();
  await index('trades_by_time').on('trades').columns(['bot_id', 'executed_at', 'seq']).execute();
  await index('trades_by_symbol').on('trades').columns(['bot_id', 'symbol', 'executed_at', 'seq']).execute();

  await table('ledger_entries')
    .addColumn('id', int, autoId)
    .addColumn('group_id', 'text', required)
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('epoch', int, required)
    .addColumn('account', 'text', (c) =>
      c
        .notNull()
        .check(
          sql`account in ('deposits', 'cash', 'margin', 'market', 'fees', 'funding', 'insurance', 'legacy')`,
        ),
    )
    .addColumn('amount_micros', int, (c) => c.notNull().check(sql`abs(amount_micros) < 9007199254740992`))
    .addColumn('cause', 'text', required)
    .addColumn('position_id', 'text')
    .addColumn('trade_id', 'text', (c) => c.references('trades.id'))
    .addColumn('created_at', int, required)
    .addForeignKeyConstraint('ledger_entries_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .addForeignKeyConstraint('ledger_entries_position', ['bot_id', 'position_id'], 'positions', [
      'bot_id',
      'id',
    ])
    .execute();
  await index('ledger_entries_by_bot').on('ledger_entries').columns(['bot_id', 'id']).execute();

  await table('risk_events')
    .addColumn('id', int, autoId)
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('position_id', 'text')
    .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('liquidation', 'insurance')`))
    .addColumn('details_json', 'text', required)
    .addColumn('at', int, required)
    .addForeignKeyConstraint('risk_events_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  if (!isSqlite) return;
  for (const name of ['ledger_entries', 'trades', 'bot_decisions', 'audit_log']) {
    for (const change of ['update', 'delete']) {
      await sql`create trigger if not exists ${sql.ref(`${name}_no_${change}`)} before ${sql.raw(change)} on ${sql.ref(name)}
        begin select raise(abort, ${sql.lit(`${name} is append-only`)}); end`.execute(db);
    }
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const tables = [
    'risk_events',
    'ledger_entries',
    'trades',
    'positions',
    'bot_decisions',
    'bot_turns',
    'bot_accounts',
    'bots',
    'llm_providers',
    'audit_log',
    'system_settings',
    'users',
  ];
  for (const table of tables) await db.schema.dropTable(table).ifExists().execute();
}
