import type { Insertable, Selectable, Updateable } from 'kysely';
import { ConflictError, NotFoundError, StaleWriteError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { LlmProvidersTable } from '../schema/llm-providers.ts';

export type ProviderRow = Selectable<LlmProvidersTable>;

/** What names a provider: nobody finds that of somebody else. */
export interface ProviderKey {
  readonly id: string;
  readonly userId: string;
}

/** A user's providers that are not deleted, oldest first; rows of built-in strategies are not among them. */
export async function listProviders(db: Reader, userId: string): Promise<ProviderRow[]> {
  return await ownProviders(db, userId).orderBy('created_at').orderBy('id').execute();
}

export async function findProvider(
  db: Reader,
  { id, userId }: ProviderKey,
): Promise<ProviderRow | undefined> {
  return await ownProviders(db, userId).where('id', '=', id).executeTakeFirst();
}

const ownProviders = (db: Reader, userId: string) =>
  db
    .selectFrom('llm_providers')
    .selectAll()
    .where('user_id', '=', userId)
    .where('deleted_at', 'is', null)
    .where('provider_type', '!=', 'house');

export type DeciderRow = Pick<ProviderRow, 'id' | 'provider_type' | 'config_json'>;

/** A user's provider that is not deleted, or the row of a built-in strategy. */
export async function findDecider(db: Reader, { id, userId }: ProviderKey): Promise<DeciderRow | undefined> {
  return await db
    .selectFrom('llm_providers')
    .select(['id', 'provider_type', 'config_json'])
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

/** A user's bots that are not deleted, with what decides for them. */
export async function listProviderUses(db: Reader, userId: string) {
  return await db
    .selectFrom('bots as b')
    .innerJoin('llm_providers as p', 'p.id', 'b.provider_id')
    .select(['b.id', 'b.name', 'b.provider_id', 'p.provider_type', 'p.model_name'])
    .where('b.user_id', '=', userId)
    .where('b.deleted_at', 'is', null)
    .orderBy('b.name')
    .execute();
}

export function insertProvider(db: Reader, row: Insertable<Database['llm_providers']>): Write {
  return writeOnce(db.insertInto('llm_providers').values(row));
}

/** The row of a strategy that everybody may use, once for each user. */
export function keepHouseProvider(db: Reader, row: Insertable<Database['llm_providers']>): Write {
  return writeOnce(
    db
      .insertInto('llm_providers')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing()),
  );
}

/** Changes a provider that is not deleted. */
export function updateProvider(
  db: Reader,
  { id, userId }: ProviderKey,
  changes: Updateable<Database['llm_providers']>,
): Write {
  return writeOnce(
    db
      .updateTable('llm_providers')
      .set(changes)
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('deleted_at', 'is', null),
    { rows: 1, orElse: () => new NotFoundError('provider', id) },
  );
}

/** Changes a provider, unless its address or key has changed since it was read: a key must not reach another address. */
export function updateProviderAsRead(
  db: Reader,
  read: ProviderRow,
  changes: Updateable<Database['llm_providers']>,
): Write {
  return writeOnce(
    db
      .updateTable('llm_providers')
      .set(changes)
      .where('id', '=', read.id)
      .where('user_id', '=', read.user_id)
      .where('deleted_at', 'is', null)
      .where('api_endpoint', 'is not distinct from', read.api_endpoint)
      .where('api_key_encrypted', 'is not distinct from', read.api_key_encrypted),
    { rows: 1, orElse: () => new StaleWriteError('The provider') },
  );
}

/** Makes the transaction fail when the user has as many providers as allowed already. */
export function holdProviderLimit(db: Reader, { userId, limit }: { userId: string; limit: number }): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set((eb) => ({ is_active: eb.ref('is_active') }))
      .where('id', '=', userId)
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb(
          eb
            .selectFrom('llm_providers')
            .select(eb.fn.countAll<number>().as('n'))
            .where('user_id', '=', userId)
            .where('provider_type', '!=', 'house')
            .where('deleted_at', 'is', null),
          '<',
          limit,
        ),
      ),
    {
      rows: 1,
      orElse: () =>
        new ConflictError(
          'too-many-providers',
          `You have ${limit} providers, which is the most. Delete one first.`,
        ),
    },
  );
}

/** Makes a commit fail when the provider is deleted meanwhile. */
export function holdProvider(db: Reader, key: ProviderKey): Write {
  return updateProvider(db, key, { id: key.id });
}

/** Deletes a provider and its key, unless a bot uses it. @param inUse what to throw then. */
export function deleteProvider(
  db: Reader,
  { id, userId, at }: ProviderKey & { at: number },
  inUse: () => Error,
): Write {
  return writeOnce(
    db
      .updateTable('llm_providers')
      .set({ deleted_at: at, updated_at: at, is_active: 0, api_key_encrypted: null })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('bots')
              .select('bots.id')
              .whereRef('bots.provider_id', '=', 'llm_providers.id')
              .where('bots.deleted_at', 'is', null),
          ),
        ),
      ),
    { rows: 1, orElse: inUse },
  );
}
