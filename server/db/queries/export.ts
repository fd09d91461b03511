import { sql, type RawBuilder } from 'kysely';
import type { Reader } from '../database.ts';
import type { Database } from '../schema/index.ts';

export type ExportRow = Readonly<Record<string, unknown>>;

/** A table of which a user may have a copy. */
export interface ExportedTable {
  readonly name: keyof Database;
  /** The columns by which rows are somebody's, and in the order of an index. */
  readonly of: 'id' | 'user_id' | 'subject' | 'created_by';
  /** Never told: what opens something, and hashes of it. */
  readonly omit?: readonly string[];
}

/** Few rows for each user. */
export const USER_TABLES: readonly ExportedTable[] = [
  { name: 'users', of: 'id', omit: ['password_hash'] },
  { name: 'sessions', of: 'user_id', omit: ['token_hash', 'previous_hash'] },
  { name: 'api_keys', of: 'user_id', omit: ['key_hash'] },
  { name: 'second_factors', of: 'user_id', omit: ['secret_encrypted', 'last_step'] },
  { name: 'invites', of: 'created_by', omit: ['code_hash', 'used_by'] },
  { name: 'usage_counters', of: 'subject' },
  { name: 'llm_providers', of: 'user_id', omit: ['api_key_encrypted'] },
  { name: 'wallets', of: 'user_id', omit: ['api_key_encrypted', 'api_secret_encrypted'] },
  { name: 'bots', of: 'user_id' },
  { name: 'bot_accounts', of: 'user_id' },
  { name: 'risk_events', of: 'user_id' },
];

/** Rows that grow with time, by the index that orders them within a bot. */
export const BOT_TABLES = {
  bot_versions: ['version_no'],
  history_summaries: ['version_no'],
  bot_turns: ['turn_no'],
  bot_decisions: ['timestamp', 'id'],
  positions: ['opened_at', 'id'],
  trades: ['executed_at', 'seq'],
  ledger_entries: ['id'],
  bot_equity_hours: ['hour_at', 'epoch'],
  decision_stats: ['provider_type', 'model', 'day_at'],
  bot_cost_hours: ['epoch', 'hour_at'],
} as const;

/** Prompts and answers are long: a page of them is some megabytes at most. */
const PAGE = 100;
const HOUR_MS = 3_600_000;

export async function listOwnedRows(
  db: Reader,
  { name, of, omit = [] }: ExportedTable,
  userId: string,
): Promise<ExportRow[]> {
  const owner = of === 'subject' ? `user:${userId}` : userId;
  const { rows } = await sql<ExportRow>`select * from ${sql.table(name)}
    where ${sql.ref(of)} = ${owner}`.execute(db);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => !omit.includes(key))));
}

/** Every row of a bot in a table, in pages. */
export function pagesOfBot(
  db: Reader,
  table: keyof typeof BOT_TABLES,
  botId: string,
): AsyncGenerator<ExportRow[]> {
  return pagesOf(db, { table, keys: BOT_TABLES[table], of: sql`bot_id = ${botId}` });
}

/** Every request to a model for a user, also for none of the bots, in pages. */
export function pagesOfCalls(db: Reader, userId: string): AsyncGenerator<ExportRow[]> {
  return pagesOf(db, { table: 'llm_calls', keys: ['started_at', 'id'], of: sql`user_id = ${userId}` });
}

interface Paged {
  readonly table: keyof Database;
  /** The order, which tells any two rows apart. */
  readonly keys: readonly string[];
  readonly of: RawBuilder<unknown>;
}

async function* pagesOf(db: Reader, { table, keys, of }: Paged): AsyncGenerator<ExportRow[]> {
  const order = sql.join(keys.map((key) => sql.ref(key)));
  let after: ExportRow | undefined;
  do {
    const place = after;
    const rest = place ? sql`and (${order}) > (${sql.join(keys.map((key) => sql`${place[key]}`))})` : sql``;
    const { rows } = await sql<ExportRow>`select * from ${sql.table(table)}
      where ${of} ${rest} order by ${order} limit ${PAGE}`.execute(db);
    yield rows;
    after = rows.length < PAGE ? undefined : rows.at(-1);
  } while (after);
}

/** Every snapshot of some bots, an hour at a time: their index begins with the time. */
export async function* pagesOfSnapshots(db: Reader, botIds: readonly string[]): AsyncGenerator<ExportRow[]> {
  let from = 0;
  while (botIds.length > 0) {
    const next = await db
      .selectFrom('bot_state_snapshots')
      .select('timestamp')
      .where('timestamp', '>=', from)
      .orderBy('timestamp')
      .limit(1)
      .executeTakeFirst();
    if (!next) return;
    from = next.timestamp + HOUR_MS;
    yield await db
      .selectFrom('bot_state_snapshots')
      .selectAll()
      .where('timestamp', '>=', next.timestamp)
      .where('timestamp', '<', from)
      .where('bot_id', 'in', botIds)
      .orderBy('timestamp')
      .execute();
  }
}
