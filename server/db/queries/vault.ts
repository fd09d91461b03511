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
    .values(param.pick('user_id', 'key_version', 'wrapped_key', 'created_at'))
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet((eb) => ({ user_id: eb.ref('excluded.user_id') }))
        .whereRef('vault_user_keys.wrapped_key', '=', 'excluded.wrapped_key'),
    ),
);
/** Inserts a user's data key, or makes sure that it is the one that is stored. */
export function keepVaultUserKey(row: VaultUserKeysTable): Write {
  return write(userKeyInsert, row, {
    rows: 1,
    orElse: () => new StaleWriteError('The data key of the user'),
  });
}
