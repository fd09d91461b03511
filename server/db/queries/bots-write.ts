import type { Insertable, Updateable } from 'kysely';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';

/** A bot as the turn engine needs it. */
export interface BotRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly prompt: string;
  readonly is_active: number;
  readonly is_paused: number;
  readonly trading_symbols: string | null;
  readonly settings_json: string;
  readonly provider_id: string;
  readonly provider_type: string;
  readonly config_json: string;
  readonly is_house: number;
  readonly is_owner_active: number;
  readonly last_turn_no: number;
  readonly last_turn_at: number | null;
  readonly skipped_turns: number;
  readonly publishing_json: string;
  readonly is_name_hidden: number;
  readonly version_id: string | null;
}

/** Every bot that is not deleted, or one, with its provider, oldest first. */
export async function listBotRows(db: Reader, botId?: string): Promise<BotRow[]> {
  let query = db
    .selectFrom('bots')
    .innerJoin('llm_providers', (join) =>
      join
        .onRef('llm_providers.id', '=', 'bots.provider_id')
        .onRef('llm_providers.user_id', '=', 'bots.user_id'),
    )
    .innerJoin('bot_accounts', 'bot_accounts.bot_id', 'bots.id')
    .innerJoin('users', 'users.id', 'bots.user_id')
    .select([
      'bots.id',
      'bots.user_id',
      'bots.name',
      'bots.prompt',
      'bots.is_active',
      'bots.is_paused',
      'bots.trading_symbols',
      'bots.settings_json',
      'bots.provider_id',
      'bots.version_id',
      'llm_providers.provider_type',
      'llm_providers.config_json',
      'users.is_house',
      'users.is_active as is_owner_active',
      'bot_accounts.last_turn_no',
      'bot_accounts.last_turn_at',
      'bot_accounts.skipped_turns',
      'bots.publishing_json',
      'bots.is_name_hidden',
    ])
    .where('bots.deleted_at', 'is', null)
    .orderBy('bots.id');
  if (botId !== undefined) query = query.where('bots.id', '=', botId);
  return query.execute();
}

export function insertRow<Table extends keyof Database>(
  db: Reader,
  table: Table,
  row: Insertable<Database[Table]>,
): Write {
  return writeOnce(db.insertInto(table).values(row));
}

/** Changes a bot that is not deleted; `userId` is its owner. */
export function updateBot(
  db: Reader,
  bot: { botId: string; userId: string },
  changes: Updateable<Database['bots']>,
): Write {
  return writeOnce(
    db
      .updateTable('bots')
      .set(changes)
      .where('id', '=', bot.botId)
      .where('user_id', '=', bot.userId)
      .where('deleted_at', 'is', null),
    { rows: 1, orElse: () => new NotFoundError('bot', bot.botId) },
  );
}

/** Pauses a bot that runs; of any other nothing changes. */
export function pauseRunningBot(
  db: Reader,
  pause: { botId: string; userId: string; reason: string; resumeAt: number | null; at: number },
): Write {
  return writeOnce(
    db
      .updateTable('bots')
      .set({ is_paused: 1, pause_reason: pause.reason, resume_at: pause.resumeAt, updated_at: pause.at })
      .where('id', '=', pause.botId)
      .where('user_id', '=', pause.userId)
      .where('is_paused', '=', 0)
      .where('deleted_at', 'is', null),
  );
}

export interface OwnBotRow {
  readonly id: string;
  readonly name: string;
  readonly prompt: string;
  readonly provider_id: string;
  readonly provider_type: string;
  readonly model_name: string;
  readonly trading_symbols: string | null;
  readonly settings_json: string;
  readonly publishing_json: string;
  readonly is_house: number;
  readonly is_held: number;
  readonly pause_reason: string | null;
  readonly version_id: string | null;
}

/** A bot of this very user that is not deleted. */
export async function findOwnBot(
  db: Reader,
  { botId, userId }: { botId: string; userId: string },
): Promise<OwnBotRow | undefined> {
  return await db
    .selectFrom('bots as b')
    .innerJoin('llm_providers as p', 'p.id', 'b.provider_id')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .select(['b.id', 'b.name', 'b.prompt', 'b.provider_id', 'b.trading_symbols', 'b.settings_json'])
    .select(['b.publishing_json', 'b.is_held', 'b.pause_reason', 'p.provider_type', 'p.model_name'])
    .select(['u.is_house', 'b.version_id'])
    .where('b.id', '=', botId)
    .where('b.user_id', '=', userId)
    .where('b.deleted_at', 'is', null)
    .executeTakeFirst();
}

/** Makes the transaction fail when the user has as many bots as allowed already. */
export function holdBotLimit(db: Reader, { userId, limit }: { userId: string; limit: number }): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set((eb) => ({ is_active: eb.ref('is_active') }))
      .where('id', '=', userId)
      .where((eb) =>
        eb(
          eb
            .selectFrom('bots')
            .select(eb.fn.countAll<number>().as('n'))
            .where('user_id', '=', userId)
            .where('deleted_at', 'is', null),
          '<',
          limit,
        ),
      ),
    {
      rows: 1,
      orElse: () =>
        new ConflictError('too-many-bots', `You have ${limit} bots, which is the most. Delete one first.`),
    },
  );
}
