import {
  SqliteAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type CreateTableBuilder,
  type Kysely,
} from 'kysely';

const DECISION_KEPT = [
  'id',
  'user_id',
  'bot_id',
  'turn_id',
  'epoch',
  'execution_success',
  'model',
  'tokens_in',
  'tokens_out',
  'cost_micros',
  'latency_ms',
  'timestamp',
];
const THOUGHT_KEPT = ['version_id', 'tokens_cached', 'finish_reason'];

/** Versions of bots, calls of models and what they cost, tools and repairs of a turn, summaries. Times are epoch ms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const int = isSqlite ? sql`integer` : sql`bigint`;
  const real = isSqlite ? sql`real` : sql`double precision`;
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const optional = (column: ColumnDefinitionBuilder) => column;
  const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
  const count = (name: string) => (column: ColumnDefinitionBuilder) =>
    column
      .notNull()
      .defaultTo(0)
      .check(sql`${sql.ref(name)} >= 0`);
  /** SQLite keeps Infinity, which compares as larger than this. */
  const finite = (name: string) => (column: ColumnDefinitionBuilder) =>
    column.check(sql`abs(${sql.ref(name)}) < 1e300`);
  const price = (name: string) => (column: ColumnDefinitionBuilder) =>
    column.check(sql`${sql.ref(name)} >= 0 and ${sql.ref(name)} < 1e6`);
  const strict = <T extends string>(table: CreateTableBuilder<T>) =>
    isSqlite ? table.modifyEnd(sql`strict`) : table;
  const table = (name: string) => strict(db.schema.createTable(name).ifNotExists());
  const index = (name: string) => db.schema.createIndex(name).ifNotExists();
  const add = async (name: string, columns: Readonly<Record<string, 'text' | typeof int>>) => {
    const build = (column: string) => (columns[column] === real ? finite(column) : optional);
    const tables = await db.introspection.getTables();
    const known = new Set(tables.find((one) => one.name === name)?.columns.map((column) => column.name));
    for (const [column, type] of Object.entries(columns))
      if (!known.has(column))
        await db.schema.alterTable(name).addColumn(column, type, build(column)).execute();
  };

  await table('bot_versions')
    .addColumn('id', 'text', id)
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('version_no', int, (c) => c.notNull().check(sql`version_no >= 1`))
    .addColumn('prompt', 'text', required)
    .addColumn('provider_id', 'text', required)
    .addColumn('provider_type', 'text', required)
    .addColumn('model_name', 'text', required)
    .addColumn('api_endpoint', 'text')
    .addColumn('settings_json', 'text', required)
    .addColumn('trading_symbols', 'text')
    .addColumn('created_at', int, required)
    .addUniqueConstraint('bot_versions_number', ['bot_id', 'version_no'])
    .addUniqueConstraint('bot_versions_owner', ['bot_id', 'id'])
    .addForeignKeyConstraint('bot_versions_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  await add('bots', { version_id: 'text', learning_since: int, resume_at: int });
  await index('bots_resuming')
    .on('bots')
    .column('resume_at')
    .where(sql.ref('resume_at'), 'is not', null)
    .execute();
  await add('users', { daily_budget_micros: int });
  const thought = {
    version_id: 'text',
    tokens_cached: int,
    finish_reason: 'text',
    steps_json: 'text',
    mended_from: 'text',
  } as const;
  await add('bot_turns', { ...thought, failure: 'text' });
  await add('bot_decisions', thought);
  await index('bot_decisions_by_version')
    .on('bot_decisions')
    .columns(['version_id', 'timestamp', 'id', 'cost_micros'])
    .where(sql.ref('version_id'), 'is not', null)
    .execute();
  await add('leaderboard', { model_cost: real, net_rank: int, net_place: int });
  await index('leaderboard_net').unique().on('leaderboard').columns(['period', 'net_rank']).execute();

  await table('history_summaries')
    .addColumn('id', 'text', id)
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('version_no', int, (c) => c.notNull().check(sql`version_no >= 1`))
    .addColumn('epoch', int, required)
    .addColumn('summary', 'text', required)
    .addColumn('summarized_count', int, count('summarized_count'))
    .addColumn('summarized_from', int)
    .addColumn('summarized_to', int)
    .addColumn('generated_at', int, required)
    .addColumn('token_count', int, count('token_count'))
    .addColumn('model', 'text', required)
    .addColumn('cause', 'text', (c) => c.notNull().check(sql`cause in ('auto', 'forced', 'legacy')`))
    .addColumn('cleared_at', int)
    .addUniqueConstraint('history_summaries_number', ['bot_id', 'version_no'])
    .addForeignKeyConstraint('history_summaries_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  await table('llm_calls')
    .addColumn('id', 'text', id)
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('bot_id', 'text')
    .addColumn('turn_id', 'text')
    .addColumn('provider_id', 'text', required)
    .addColumn('provider_type', 'text', required)
    .addColumn('model', 'text', required)
    .addColumn('purpose', 'text', (c) =>
      c.notNull().check(sql`purpose in ('decide', 'analysis', 'repair', 'summary', 'preview', 'test')`),
    )
    .addColumn('started_at', int, required)
    .addColumn('latency_ms', int, count('latency_ms'))
    .addColumn('tokens_in', int, count('tokens_in'))
    .addColumn('tokens_cached', int, count('tokens_cached'))
    .addColumn('tokens_out', int, count('tokens_out'))
    .addColumn('cost_micros', int, (c) => c.check(sql`cost_micros >= 0`))
    .addColumn('failure', 'text')
    .addColumn('finish_reason', 'text')
    .addForeignKeyConstraint('llm_calls_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();
  const figures = ['cost_micros', 'tokens_in', 'tokens_cached', 'tokens_out', 'model'];
  await index('llm_calls_of_user')
    .on('llm_calls')
    .columns(['user_id', 'started_at', ...figures])
    .execute();
  await index('llm_calls_of_bot')
    .on('llm_calls')
    .columns(['bot_id', 'started_at', ...figures])
    .execute();
  await index('llm_calls_of_model')
    .on('llm_calls')
    .columns(['provider_type', 'model', 'started_at', 'latency_ms'])
    .where(sql.ref('failure'), 'is', null)
    .where(sql.ref('bot_id'), 'is not', null)
    .execute();

  await table('bot_cost_hours')
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('epoch', int, required)
    .addColumn('hour_at', int, required)
    .addColumn('total_micros', int, count('total_micros'))
    .addPrimaryKeyConstraint('bot_cost_hours_key', ['bot_id', 'epoch', 'hour_at'])
    .addForeignKeyConstraint('bot_cost_hours_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();

  await table('decision_stats')
    .addColumn('user_id', 'text', required)
    .addColumn('bot_id', 'text', required)
    .addColumn('provider_type', 'text', required)
    .addColumn('model', 'text', required)
    .addColumn('day_at', int, required)
    .addColumn('turns', int, count('turns'))
    .addColumn('decisions', int, count('decisions'))
    .addColumn('accepted', int, count('accepted'))
    .addColumn('rejected', int, count('rejected'))
    .addColumn('unparseable', int, count('unparseable'))
    .addColumn('unknown_symbol', int, count('unknown_symbol'))
    .addColumn('clamped', int, count('clamped'))
    .addColumn('mended', int, count('mended'))
    .addColumn('calls', int, count('calls'))
    .addColumn('failed_calls', int, count('failed_calls'))
    .addColumn('refused', int, count('refused'))
    .addColumn('timed_out', int, count('timed_out'))
    .addPrimaryKeyConstraint('decision_stats_key', ['bot_id', 'provider_type', 'model', 'day_at'])
    .addForeignKeyConstraint('decision_stats_bot', ['user_id', 'bot_id'], 'bots', ['user_id', 'id'])
    .execute();
  await index('decision_stats_by_day')
    .on('decision_stats')
    .columns(['day_at', 'provider_type', 'model', 'bot_id'])
    .execute();

  await table('model_prices')
    .addColumn('id', 'text', id)
    .addColumn('preset', 'text', required)
    .addColumn('model', 'text', required)
    .addColumn('input_usd', real, (c) => price('input_usd')(c).notNull())
    .addColumn('output_usd', real, (c) => price('output_usd')(c).notNull())
    .addColumn('cached_input_usd', real, price('cached_input_usd'))
    .addColumn('valid_from', int, required)
    .addColumn('created_at', int, required)
    .addUniqueConstraint('model_prices_key', ['preset', 'model', 'valid_from'])
    .execute();

  await sql`insert into bot_versions
      (id, user_id, bot_id, version_no, prompt, provider_id, provider_type, model_name, api_endpoint, settings_json,
       trading_symbols, created_at)
    select b.id || ':1', b.user_id, b.id, 1, b.prompt, b.provider_id, p.provider_type, p.model_name, p.api_endpoint,
       b.settings_json, b.trading_symbols, b.updated_at
    from bots as b inner join llm_providers as p on p.id = b.provider_id and p.user_id = b.user_id
    where b.version_id is null and not exists (select 1 from bot_versions as v where v.bot_id = b.id)`.execute(
    db,
  );
  await sql`update bots set version_id = id || ':1' where version_id is null
    and exists (select 1 from bot_versions as v where v.id = bots.id || ':1')`.execute(db);
  if (isSqlite) await guardDecisions(db, [...DECISION_KEPT, ...THOUGHT_KEPT], ['steps_json', 'mended_from']);
}

/** Decisions are append-only, but for those of a user who is deleted: they may lose what they say, and nothing else. */
async function guardDecisions(
  db: Kysely<unknown>,
  kept: readonly string[],
  blanked: readonly string[],
): Promise<void> {
  const conditions = [
    ...kept.map((column) => sql`new.${sql.ref(column)} is old.${sql.ref(column)}`),
    ...blanked.map((column) => sql`new.${sql.ref(column)} is null`),
  ];
  await sql`drop trigger if exists bot_decisions_no_update`.execute(db);
  await sql`create trigger bot_decisions_no_update before update on bot_decisions
    when not (new.prompt_sent = '' and new.raw_answer is null and new.decisions_json = '[]' and new.notes_json = '[]'
      and ${sql.join(conditions, sql` and `)}
      and exists (select 1 from users where users.id = old.user_id and users.deleted_at is not null))
    begin select raise(abort, 'bot_decisions is append-only'); end`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  if (isSqlite) await guardDecisions(db, DECISION_KEPT, []);
  const drop = async (name: string, columns: readonly string[]) => {
    const tables = await db.introspection.getTables();
    const known = new Set(tables.find((one) => one.name === name)?.columns.map((column) => column.name));
    for (const column of columns)
      if (known.has(column)) await db.schema.alterTable(name).dropColumn(column).execute();
  };
  await db.schema.dropIndex('bot_decisions_by_version').ifExists().execute();
  await db.schema.dropIndex('bots_resuming').ifExists().execute();
  const thought = ['version_id', 'tokens_cached', 'finish_reason', 'steps_json', 'mended_from'];
  await drop('bots', ['version_id', 'learning_since', 'resume_at']);
  await drop('users', ['daily_budget_micros']);
  await drop('bot_turns', [...thought, 'failure']);
  await drop('bot_decisions', thought);
  await db.schema.dropIndex('leaderboard_net').ifExists().execute();
  await drop('leaderboard', ['model_cost', 'net_rank', 'net_place']);
  const tables = ['model_prices', 'decision_stats', 'bot_cost_hours', 'llm_calls', 'history_summaries'];
  for (const table of [...tables, 'bot_versions']) await db.schema.dropTable(table).ifExists().execute();
}
