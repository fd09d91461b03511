import type { Kysely } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type PreparedQuery } from '../prepared.ts';
import type { Database } from '../schema/index.ts';

/** A bot that is not deleted, with whom it belongs to and what decides for it. */
export interface PublicBotRow {
  id: string;
  user_id: string;
  username: string;
  is_house: number;
  name: string;
  provider_type: string;
  model_name: string;
  trading_mode: 'paper' | 'live';
  trading_symbols: string | null;
  is_active: number;
  is_paused: number;
  pause_reason: string | null;
  created_at: number;
  skipped_turns: number;
}

const publicBots = (db: Kysely<Database>) =>
  db
    .selectFrom('bots as b')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .innerJoin('llm_providers as p', 'p.id', 'b.provider_id')
    .innerJoin('bot_accounts as a', 'a.bot_id', 'b.id')
    .select(['b.id', 'b.user_id', 'b.name', 'b.trading_mode', 'b.trading_symbols'])
    .select(['b.is_active', 'b.is_paused', 'b.pause_reason', 'b.created_at'])
    .select(['u.username', 'u.is_house', 'p.provider_type', 'p.model_name', 'a.skipped_turns'])
    .where('b.deleted_at', 'is', null)
    .where('u.deleted_at', 'is', null);

const all: PreparedQuery<object, PublicBotRow> = prepared((db) =>
  publicBots(db).orderBy('b.created_at').orderBy('b.id'),
);
const one: PreparedQuery<{ botId: string }, PublicBotRow & { prompt: string }> = prepared((db, param) =>
  publicBots(db).select('b.prompt').where('b.id', '=', param('botId')),
);

/** Oldest first. */
export async function listPublicBots(db: Db): Promise<PublicBotRow[]> {
  return await db.all(all, {});
}

export async function findPublicBot(
  db: Db,
  botId: string,
): Promise<(PublicBotRow & { prompt: string }) | undefined> {
  return await db.first(one, { botId });
}

/** Every read of this file, for the query plan test. */
export const BOT_READS = { all, one };
