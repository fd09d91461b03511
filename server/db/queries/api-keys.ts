import type { Insertable, Selectable } from 'kysely';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Db, Reader } from '../database.ts';
import { prepared, write, writeOnce, type PreparedQuery, type Write } from '../prepared.ts';
import type { ApiKeysTable } from '../schema/api-keys.ts';
import type { Database } from '../schema/index.ts';
import type { UsersTable } from '../schema/users.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;
type Holder = Pick<UsersTable, 'username' | 'role'> & { is_active: number };
type StandingHolder = Pick<UsersTable, 'role' | 'deleted_at'> & { is_active: number };

const holders = prepared<{ keyHash: string }, ApiKeyRow & Holder>((db, param) =>
  db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .selectAll('k')
    .select(['u.username', 'u.role', 'u.is_active'])
    .where('k.key_hash', '=', param('keyHash'))
    .where('u.deleted_at', 'is', null),
);

export async function findApiKey(db: Db, keyHash: string): Promise<(ApiKeyRow & Holder) | undefined> {
  return await db.first(holders, { keyHash });
}

const byId: PreparedQuery<{ id: string }, ApiKeyRow & StandingHolder> = prepared((db, param) =>
  db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .selectAll('k')
    .select(['u.role', 'u.is_active', 'u.deleted_at'])
    .where('k.id', '=', param('id')),
);

/** A key with what has become of its user. */
export async function findApiKeyById(db: Db, id: string): Promise<(ApiKeyRow & StandingHolder) | undefined> {
  return await db.first(byId, { id });
}

/** Newest first. */
export async function listApiKeys(db: Reader, userId: string): Promise<ApiKeyRow[]> {
  return await db
    .selectFrom('api_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Holds a user to the most keys: the transaction that would make one more fails with a ConflictError `too-many-keys`. */
export function holdApiKeyLimit(db: Reader, { userId, limit }: { userId: string; limit: number }): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set((eb) => ({ is_active: eb.ref('is_active') }))
      .where('id', '=', userId)
      .where((eb) =>
        eb(
          eb.selectFrom('api_keys').select(eb.fn.countAll<number>().as('n')).where('user_id', '=', userId),
          '<',
          limit,
        ),
      ),
    {
      rows: 1,
      orElse: () => new ConflictError('too-many-keys', `You have ${limit} API keys. Delete one first.`),
    },
  );
}

export function insertApiKey(db: Reader, row: Insertable<Database['api_keys']>): Write {
  return writeOnce(db.insertInto('api_keys').values(row));
}

const used = prepared<{ id: string; lastUsedAt: number }>((db, param) =>
  db
    .updateTable('api_keys')
    .set({ last_used_at: param('lastUsedAt') })
    .where('id', '=', param('id')),
);
export function touchApiKey(id: string, lastUsedAt: number): Write {
  return write(used, { id, lastUsedAt });
}

export function deleteApiKey(db: Reader, key: { id: string; userId: string }): Write {
  return writeOnce(db.deleteFrom('api_keys').where('id', '=', key.id).where('user_id', '=', key.userId), {
    rows: 1,
    orElse: () => new NotFoundError('API key', key.id),
  });
}

export function deleteApiKeys(db: Reader, userId: string): Write {
  return writeOnce(db.deleteFrom('api_keys').where('user_id', '=', userId));
}

export const API_KEY_READS = { holders, byId };
