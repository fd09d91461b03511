import { StaleWriteError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { VaultKeysTable } from '../schema/vault-keys.ts';
import type { VaultUserKeysTable } from '../schema/vault-user-keys.ts';

/** Oldest first. */
export function listVaultKeys(db: Reader): Promise<VaultKeysTable[]> {
  return db.selectFrom('vault_keys').selectAll().orderBy('version').execute();
}

export function listVaultUserKeys(db: Reader): Promise<VaultUserKeysTable[]> {
  return db.selectFrom('vault_user_keys').selectAll().execute();
}

const keyInsert = prepared<VaultKeysTable>((db, param) =>
  db.insertInto('vault_keys').values(param.pick('version', 'check_value', 'created_at', 'retired_at')),
);
export const insertVaultKey = (row: VaultKeysTable): Write => write(keyInsert, row);

const userKeyInsert = prepared<VaultUserKeysTable>((db, param) =>
  db
    .insertInto('vault_user_keys')
    .columns(['user_id', 'key_version', 'wrapped_key', 'created_at'])
    .expression(() =>
      db
        .selectNoFrom((eb) => [
          eb.cast<string>(eb.val(param('user_id')), 'text').as('user_id'),
          eb.cast<number>(eb.val(param('key_version')), 'bigint').as('key_version'),
          eb.cast<string>(eb.val(param('wrapped_key')), 'text').as('wrapped_key'),
          eb.cast<number>(eb.val(param('created_at')), 'bigint').as('created_at'),
        ])
        .where((eb) =>
          eb.or([
            eb.exists(
              eb
                .selectFrom('vault_keys')
                .select('version')
                .where('version', '=', param('key_version'))
                .where('retired_at', 'is', null),
            ),
            eb.exists(
              eb.selectFrom('vault_user_keys').select('user_id').where('user_id', '=', param('user_id')),
            ),
          ]),
        ),
    )
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet((eb) => ({ user_id: eb.ref('excluded.user_id') }))
        .where((eb) =>
          eb.or([
            eb('vault_user_keys.wrapped_key', '=', eb.ref('excluded.wrapped_key')),
            eb.and([
              eb('vault_user_keys.key_version', '<>', eb.ref('excluded.key_version')),
              eb('vault_user_keys.created_at', '=', eb.ref('excluded.created_at')),
            ]),
          ]),
        ),
    ),
);
/**
 * Inserts a user's data key, or makes sure that it is the one that is stored. A stored row is left as it is: of another
 * version, and as old, it is the same data key, which a rotation wrapped anew. Nothing is wrapped by a version that is
 * retired, for its key is gone.
 */
export function keepVaultUserKey(row: VaultUserKeysTable): Write {
  return write(userKeyInsert, row, {
    rows: 1,
    orElse: () => new StaleWriteError('The data key of the user'),
  });
}

/** Data keys that a version before `version` wraps, in the order of users; `after` is the last of the page before. */
export function listVaultUserKeysToRewrap(
  db: Reader,
  { version, after, limit }: { version: number; after: string; limit: number },
): Promise<VaultUserKeysTable[]> {
  return db
    .selectFrom('vault_user_keys')
    .selectAll()
    .where('key_version', '<', version)
    .where('user_id', '>', after)
    .orderBy('user_id')
    .limit(limit)
    .execute();
}

const rewrap = prepared<VaultUserKeysTable & { old_wrapped_key: string }>((db, param) =>
  db
    .updateTable('vault_user_keys')
    .set(param.pick('key_version', 'wrapped_key'))
    .where('user_id', '=', param('user_id'))
    .where('wrapped_key', '=', param('old_wrapped_key')),
);
/** Stores a data key as another version wraps it, unless the row has changed since it was read. */
export function rewrapVaultUserKey(read: VaultUserKeysTable, rewrapped: VaultUserKeysTable): Write {
  return write(rewrap, { ...rewrapped, old_wrapped_key: read.wrapped_key });
}

const retire = prepared<{ version: number; at: number }>((db, param) =>
  db
    .updateTable('vault_keys')
    .set({ retired_at: param('at') })
    .where('version', '=', param('version'))
    .where('retired_at', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('vault_user_keys').select('user_id').where('key_version', '=', param('version')),
        ),
      ),
    ),
);
/** Retires a version of the master key, unless it wraps a data key still or is retired already. */
export function retireVaultKey(version: number, at: number): Write {
  return write(
    retire,
    { version, at },
    { rows: 1, orElse: () => new StaleWriteError(`Version ${version} of the master key`) },
  );
}
