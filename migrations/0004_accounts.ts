import {
  SqliteAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type CreateTableBuilder,
  type Kysely,
} from 'kysely';

/** Sessions, keys and recovery of users, what bots publish, quotas, and the audit log's chain. Times are epoch ms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const int = isSqlite ? sql`integer` : sql`bigint`;
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
  const ofUser = (column: ColumnDefinitionBuilder) => column.notNull().references('users.id');
  const flag = (name: string) => (column: ColumnDefinitionBuilder) =>
    column
      .notNull()
      .defaultTo(0)
      .check(sql`${sql.ref(name)} in (0, 1)`);
  const strict = <T extends string>(table: CreateTableBuilder<T>) =>
    isSqlite ? table.modifyEnd(sql`strict`) : table;
  const table = (name: string) => strict(db.schema.createTable(name).ifNotExists());
  const index = (name: string) => db.schema.createIndex(name).ifNotExists();
  const columnsOf = async (name: string) => {
    const tables = await db.introspection.getTables();
    return new Set(tables.find((known) => known.name === name)?.columns.map((column) => column.name));
  };
  const add = async (
    name: string,
    columns: Readonly<
      Record<string, ['text' | typeof int, (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder]>
    >,
  ) => {
    const known = await columnsOf(name);
    for (const [column, [type, build]] of Object.entries(columns))
      if (!known.has(column)) await db.schema.alterTable(name).addColumn(column, type, build).execute();
  };
  const optional = (column: ColumnDefinitionBuilder) => column;

  await add('users', { email: ['text', optional], is_name_hidden: [int, flag('is_name_hidden')] });
  await add('bots', {
    publishing_json: ['text', (c) => c.notNull().defaultTo('{}')],
    is_name_hidden: [int, flag('is_name_hidden')],
    is_held: [int, flag('is_held')],
    cloned_from: ['text', optional],
  });
  await add('llm_providers', { deleted_at: [int, optional] });
  await add('audit_log', {
    actor_id: ['text', optional],
    ip: ['text', optional],
    request_id: ['text', optional],
    hash: ['text', optional],
  });
  await index('audit_log_of_user').on('audit_log').columns(['user_id', 'id']).execute();

  await table('sessions')
    .addColumn('id', 'text', id)
    .addColumn('user_id', 'text', ofUser)
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('previous_hash', 'text', (c) => c.unique())
    .addColumn('rotated_at', int, required)
    .addColumn('created_at', int, required)
    .addColumn('last_used_at', int, required)
    .addColumn('expires_at', int, required)
    .addColumn('ip', 'text', required)
    .addColumn('user_agent', 'text', required)
    .execute();
  await index('sessions_of_user').on('sessions').column('user_id').execute();

  await table('api_keys')
    .addColumn('id', 'text', id)
    .addColumn('user_id', 'text', ofUser)
    .addColumn('name', 'text', required)
    .addColumn('prefix', 'text', required)
    .addColumn('key_hash', 'text', (c) => c.notNull().unique())
    .addColumn('scope', 'text', (c) => c.notNull().check(sql`scope in ('read', 'trade')`))
    .addColumn('created_at', int, required)
    .addColumn('last_used_at', int)
    .addColumn('expires_at', int)
    .execute();
  await index('api_keys_of_user').on('api_keys').column('user_id').execute();

  await table('recovery_codes')
    .addColumn('user_id', 'text', (c) => c.primaryKey().notNull().references('users.id'))
    .addColumn('code_hash', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', int, required)
    .execute();
  await table('password_resets')
    .addColumn('token_hash', 'text', id)
    .addColumn('user_id', 'text', ofUser)
    .addColumn('created_at', int, required)
    .addColumn('expires_at', int, required)
    .execute();
  await table('second_factors')
    .addColumn('user_id', 'text', (c) => c.primaryKey().notNull().references('users.id'))
    .addColumn('secret_encrypted', 'text', required)
    .addColumn('confirmed_at', int)
    .addColumn('last_step', int, (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', int, required)
    .execute();
  await table('invites')
    .addColumn('id', 'text', id)
    .addColumn('code_hash', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) =>
      c.notNull().check(sql`role in ('viewer', 'user', 'moderator', 'admin')`),
    )
    .addColumn('created_by', 'text', (c) => c.references('users.id'))
    .addColumn('created_at', int, required)
    .addColumn('expires_at', int, required)
    .addColumn('used_by', 'text', (c) => c.references('users.id'))
    .addColumn('used_at', int)
    .execute();

  await table('idempotency_keys')
    .addColumn('user_id', 'text', ofUser)
    .addColumn('key', 'text', required)
    .addColumn('request_hash', 'text', required)
    .addColumn('result_json', 'text', required)
    .addColumn('created_at', int, required)
    .addPrimaryKeyConstraint('idempotency_keys_key', ['user_id', 'key'])
    .execute();
  await index('idempotency_keys_by_time').on('idempotency_keys').column('created_at').execute();

  await table('usage_counters')
    .addColumn('subject', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('window_at', int, required)
    .addColumn('used', int, (c) => c.notNull().check(sql`used >= 0`))
    .addPrimaryKeyConstraint('usage_counters_key', ['subject', 'kind', 'window_at'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const tables = [
    'usage_counters',
    'idempotency_keys',
    'invites',
    'second_factors',
    'password_resets',
    'recovery_codes',
    'api_keys',
    'sessions',
  ];
  for (const table of tables) await db.schema.dropTable(table).ifExists().execute();
  await db.schema.dropIndex('audit_log_of_user').ifExists().execute();
  const columns = {
    audit_log: ['actor_id', 'ip', 'request_id', 'hash'],
    llm_providers: ['deleted_at'],
    bots: ['publishing_json', 'is_name_hidden', 'is_held', 'cloned_from'],
    users: ['email', 'is_name_hidden'],
  };
  const known = await db.introspection.getTables();
  for (const [table, names] of Object.entries(columns))
    for (const name of names)
      if (known.find((one) => one.name === table)?.columns.some((column) => column.name === name))
        await db.schema.alterTable(table).dropColumn(name).execute();
}
