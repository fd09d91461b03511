import type { Kysely } from 'kysely';
import type { Db, Reader } from '../database.ts';
import { prepared, type PreparedQuery } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import { slotList, type Slots } from '../slots.ts';

/** How many bots one statement reads. */
export const BOTS_AT_ONCE = 100;
const slots = slotList(BOTS_AT_ONCE);

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
  publishing_json: string;
  settings_json: string;
  provider_id: string;
  has_avatar: number;
  is_name_hidden: number;
  is_owner_hidden: number;
  is_owner_active: number;
}

/** One bot, whole. */
export interface PublicBotDetailRow extends PublicBotRow {
  prompt: string;
  updated_at: number;
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
    .select(['b.publishing_json', 'b.settings_json', 'b.provider_id', 'b.is_name_hidden'])
    .select((eb) => [
      eb.ref('u.is_name_hidden').as('is_owner_hidden'),
      eb.ref('u.is_active').as('is_owner_active'),
      eb('b.avatar_image', 'is not', null).$castTo<number>().as('has_avatar'),
    ])
    .where('b.deleted_at', 'is', null)
    .where('u.deleted_at', 'is', null);

const some: PreparedQuery<Slots, PublicBotRow> = prepared((db, param) =>
  publicBots(db).where('b.id', 'in', slots.in(param)),
);
const one: PreparedQuery<{ botId: string }, PublicBotDetailRow> = prepared((db, param) =>
  publicBots(db).select(['b.prompt', 'b.updated_at']).where('b.id', '=', param('botId')),
);

/** Those of the bots that are not deleted, in no particular order. @param botIds at most BOTS_AT_ONCE. */
export async function listPublicBots(db: Db, botIds: readonly string[]): Promise<PublicBotRow[]> {
  return await db.all(some, slots.fill(botIds));
}

/** What a search for bots looks at. */
export interface BotNameRow {
  id: string;
  user_id: string;
  name: string;
  username: string;
  is_name_hidden: number;
  is_owner_hidden: number;
  provider_type: string;
  model_name: string;
}

const names: PreparedQuery<object, BotNameRow> = prepared((db) =>
  db
    .selectFrom('bots as b')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .innerJoin('llm_providers as p', 'p.id', 'b.provider_id')
    .select(['b.id', 'b.user_id', 'b.name', 'b.is_name_hidden', 'u.username'])
    .select(['u.is_name_hidden as is_owner_hidden', 'p.provider_type', 'p.model_name'])
    .where('b.deleted_at', 'is', null)
    .where('u.deleted_at', 'is', null),
);

/** The names of all bots that are not deleted, hidden ones among them. */
export async function listBotNames(db: Db): Promise<BotNameRow[]> {
  return await db.all(names, {});
}

const ofHouse: PreparedQuery<{ limit: number }, { id: string; model_name: string }> = prepared((db, param) =>
  db
    .selectFrom('users as u')
    .innerJoin('bots as b', 'b.user_id', 'u.id')
    .innerJoin('llm_providers as p', 'p.id', 'b.provider_id')
    .select(['b.id', 'p.model_name'])
    .where('u.is_house', '=', 1)
    .where('u.deleted_at', 'is', null)
    .where('b.deleted_at', 'is', null)
    .where('p.provider_type', '=', 'house')
    .orderBy('b.created_at')
    .orderBy('b.id')
    .limit(param('limit')),
);

/** The eldest bots of house users that follow a house strategy, with its name. */
export async function listHouseBots(db: Db, limit: number): Promise<{ id: string; model_name: string }[]> {
  return await db.all(ofHouse, { limit });
}

export async function findPublicBot(db: Db, botId: string): Promise<PublicBotDetailRow | undefined> {
  return await db.first(one, { botId });
}

/** A bot's stored picture; undefined for bots that are gone, null where there is none or it is hidden. */
export async function findPicture(db: Reader, botId: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('bots')
    .select('avatar_image')
    .where('id', '=', botId)
    .where('deleted_at', 'is', null)
    .where('is_name_hidden', '=', 0)
    .executeTakeFirst();
  return row?.avatar_image;
}

/** Every read of this file, for the query plan test. */
export const BOT_READS = { some, names, ofHouse, one };
