import type { Insertable, Selectable, Updateable } from 'kysely';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { WalletsTable } from '../schema/wallets.ts';

export type WalletRow = Selectable<WalletsTable>;

/** What names a wallet: nobody finds that of somebody else. */
export interface WalletKey {
  readonly id: string;
  readonly userId: string;
}

/** Oldest first. */
export async function listWallets(db: Reader, userId: string): Promise<WalletRow[]> {
  return await db
    .selectFrom('wallets')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function findWallet(db: Reader, { id, userId }: WalletKey): Promise<WalletRow | undefined> {
  return await db
    .selectFrom('wallets')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

export function insertWallet(db: Reader, row: Insertable<Database['wallets']>): Write {
  return writeOnce(db.insertInto('wallets').values(row));
}

export function updateWallet(
  db: Reader,
  { id, userId }: WalletKey,
  changes: Updateable<Database['wallets']>,
): Write {
  return writeOnce(
    db.updateTable('wallets').set(changes).where('id', '=', id).where('user_id', '=', userId),
    { rows: 1, orElse: () => new NotFoundError('wallet', id) },
  );
}

export function deleteWallet(db: Reader, { id, userId }: WalletKey): Write {
  return writeOnce(db.deleteFrom('wallets').where('id', '=', id).where('user_id', '=', userId), {
    rows: 1,
    orElse: () => new NotFoundError('wallet', id),
  });
}

/** Makes the transaction fail when the user has as many wallets as allowed already. */
export function holdWalletLimit(db: Reader, { userId, limit }: { userId: string; limit: number }): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set((eb) => ({ is_active: eb.ref('is_active') }))
      .where('id', '=', userId)
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb(
          eb.selectFrom('wallets').select(eb.fn.countAll<number>().as('n')).where('user_id', '=', userId),
          '<',
          limit,
        ),
      ),
    {
      rows: 1,
      orElse: () =>
        new ConflictError(
          'too-many-wallets',
          `You have ${limit} wallets, which is the most. Delete one first.`,
        ),
    },
  );
}
