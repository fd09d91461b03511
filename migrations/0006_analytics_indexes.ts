import type { Kysely } from 'kysely';

const PAGED = ['bot_id', 'timestamp', 'id'];
const COSTS = ['epoch', 'tokens_in', 'tokens_out', 'cost_micros', 'latency_ms'];

/**
 * What decisions cost lies behind their long prompts: sums of it read an index instead of those pages. It begins like the
 * index that pages of decisions follow, and takes its place.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('bot_decisions_by_time_with_costs')
    .ifNotExists()
    .on('bot_decisions')
    .columns([...PAGED, ...COSTS])
    .execute();
  await db.schema.dropIndex('bot_decisions_by_time').ifExists().execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('bot_decisions_by_time')
    .ifNotExists()
    .on('bot_decisions')
    .columns(PAGED)
    .execute();
  await db.schema.dropIndex('bot_decisions_by_time_with_costs').ifExists().execute();
}
