import type { BotIdentity } from '../contract/http/bots.ts';
import type { Db } from '../db/database.ts';
import { listHouseBots, listPublicBots, type PublicBotRow } from '../db/queries/bots-read.ts';
import { viewOf } from './projection.ts';

const REFERENCE_STRATEGIES: ReadonlySet<string> = new Set(['buy-and-hold', 'flat', 'random']);
/** House bots beyond these are not looked at: references are a handful that a house sets up at its start. */
const HOUSE_BOTS = 100;

/** @param viewerId who reads; null = a stranger. A name that a moderator has hidden is replaced for everybody. */
export function identityOf(row: PublicBotRow, viewerId: string | null = null): BotIdentity {
  const isHouse = row.is_house === 1;
  return {
    id: row.id,
    name: publicName(row),
    owner: {
      id: row.user_id,
      username: publicOwnerName(row),
      isHouse,
    },
    provider: { type: row.provider_type, model: row.model_name },
    isReference: isHouse && row.provider_type === 'house' && REFERENCE_STRATEGIES.has(row.model_name),
    tradingMode: row.trading_mode,
    createdAt: row.created_at,
    isPaused: row.is_paused === 1 || row.is_active === 0 || row.is_owner_active === 0,
    pauseReason: viewOf(row, viewerId).reasoning === 'public' ? row.pause_reason : null,
  };
}

/** A bot's name as strangers see it. */
export function publicName(row: { id: string; name: string; is_name_hidden: number }): string {
  return row.is_name_hidden === 1 ? `bot ${row.id.slice(-6)}` : row.name;
}

/** A bot's owner's name as everybody sees it. */
export function publicOwnerName(row: { user_id: string; username: string; is_owner_hidden: number }): string {
  return row.is_owner_hidden === 1 ? `user ${row.user_id.slice(-6)}` : row.username;
}

/** Those of the bots that are not deleted, by id. @param botIds at most BOTS_AT_ONCE. */
export async function readIdentities(
  db: Db,
  botIds: readonly string[],
): Promise<ReadonlyMap<string, BotIdentity>> {
  return new Map((await listPublicBots(db, botIds)).map((row) => [row.id, identityOf(row)]));
}

/** The ids of all references. */
export async function readReferences(db: Db): Promise<ReadonlySet<string>> {
  const rows = await listHouseBots(db, HOUSE_BOTS);
  return new Set(rows.filter((row) => REFERENCE_STRATEGIES.has(row.model_name)).map((row) => row.id));
}
