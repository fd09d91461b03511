import {
  SqliteAdapter,
  sql,
  type ColumnDefinitionBuilder,
  type CreateTableBuilder,
  type Kysely,
} from 'kysely';

/** What a move from the old server leaves behind, and the keys that seal credentials. Times are epoch ms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const int = isSqlite ? sql`integer` : sql`bigint`;
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const strict = <T extends string>(table: CreateTableBuilder<T>) =>
    isSqlite ? table.modifyEnd(sql`strict`) : table;
  const table = (name: string) => strict(db.schema.createTable(name).ifNotExists());
  const autoId = (column: ColumnDefinitionBuilder) =>
    isSqlite ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity();

  await table('vault_keys')
    .addColumn('version', int, (c) => c.primaryKey().notNull())
    .addColumn('check_value', 'text', required)
    .addColumn('created_at', int, required)
    .addColumn('retired_at', int)
    .execute();
  await table('vault_user_keys')
    .addColumn('user_id', 'text', (c) => c.primaryKey().notNull().references('users.id'))
    .addColumn('key_version', int, (c) => c.notNull().references('vault_keys.version'))
    .addColumn('wrapped_key', 'text', required)
    .addColumn('created_at', int, required)
    .execute();

  await table('wallets')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('name', 'text', required)
    .addColumn('exchange', 'text', required)
    .addColumn('api_key_encrypted', 'text')
    .addColumn('api_secret_encrypted', 'text')
    .addColumn('created_at', int, required)
    .addColumn('updated_at', int, required)
    .addUniqueConstraint('wallets_owner', ['user_id', 'id'])
    .execute();

  await table('user_recovery')
    .addColumn('user_id', 'text', (c) => c.primaryKey().notNull().references('users.id'))
    .addColumn('legacy_phrase_hash', 'text', required)
    .execute();

  await table('migration_runs')
    .addColumn('id', int, autoId)
    .addColumn('fingerprint', 'text', (c) => c.notNull().unique())
    .addColumn('report_json', 'text', required)
    .addColumn('finished_at', int, required)
    .execute();
  await table('migration_quarantine')
    .addColumn('id', int, autoId)
    .addColumn('source_path', 'text', required)
    .addColumn('json', 'text', required)
    .addColumn('reason', 'text', required)
    .execute();
  await table('legacy_archive')
    .addColumn('id', int, autoId)
    .addColumn('source_path', 'text', required)
    .addColumn('json', 'text', required)
    .addColumn('note', 'text', required)
    .execute();
  await table('arena_state')
    .addColumn('id', int, (c) =>
      c
        .primaryKey()
        .notNull()
        .check(sql`id = 1`),
    )
    .addColumn('state', 'text', required)
    .addColumn('updated_at', int, required)
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const tables = [
    'arena_state',
    'legacy_archive',
    'migration_quarantine',
    'migration_runs',
    'user_recovery',
    'wallets',
    'vault_user_keys',
    'vault_keys',
  ];
  for (const table of tables) await db.schema.dropTable(table).ifExists().execute();
}
