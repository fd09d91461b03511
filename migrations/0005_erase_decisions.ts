import { SqliteAdapter, sql, type Kysely } from 'kysely';

/**
 * Decisions are append-only, but for one change: those of a user who is deleted may lose what they say, and nothing
 * else. Figures, times and what they belong to stay as they were.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isSqlite(db)) return;
  const kept = [
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
  const same = sql.join(
    kept.map((column) => sql`new.${sql.ref(column)} is old.${sql.ref(column)}`),
    sql` and `,
  );
  await sql`drop trigger if exists bot_decisions_no_update`.execute(db);
  await sql`create trigger bot_decisions_no_update before update on bot_decisions
    when not (new.prompt_sent = '' and new.raw_answer is null and new.decisions_json = '[]' and new.notes_json = '[]'
      and ${same}
      and exists (select 1 from users where users.id = old.user_id and users.deleted_at is not null))
    begin select raise(abort, 'bot_decisions is append-only'); end`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!isSqlite(db)) return;
  await sql`drop trigger if exists bot_decisions_no_update`.execute(db);
  await sql`create trigger bot_decisions_no_update before update on bot_decisions
    begin select raise(abort, 'bot_decisions is append-only'); end`.execute(db);
}

function isSqlite(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter;
}
