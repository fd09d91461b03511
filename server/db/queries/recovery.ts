import type { Insertable, Selectable } from 'kysely';
import { NotFoundError, StaleWriteError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { InvitesTable } from '../schema/invites.ts';
import type { SecondFactorsTable } from '../schema/second-factors.ts';

/** A user has one code; a new one replaces it. */
export function putRecoveryCode(db: Reader, row: Insertable<Database['recovery_codes']>): Write {
  return writeOnce(
    db
      .insertInto('recovery_codes')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet({ code_hash: row.code_hash, created_at: row.created_at }),
      ),
  );
}

/** The hash of a user's code; of the old server's phrase, too, where one was moved. */
export async function findRecovery(db: Reader, userId: string) {
  const code = await db
    .selectFrom('recovery_codes')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const legacy = await db
    .selectFrom('user_recovery')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return { codeHash: code?.code_hash ?? null, legacyPhraseHash: legacy?.legacy_phrase_hash ?? null };
}

/** Only one may use a code, however many try at once. */
export function replaceRecoveryCode(
  db: Reader,
  change: { userId: string; from: string; to: string; at: number },
): Write {
  return writeOnce(
    db
      .updateTable('recovery_codes')
      .set({ code_hash: change.to, created_at: change.at })
      .where('user_id', '=', change.userId)
      .where('code_hash', '=', change.from),
    { rows: 1, orElse: () => new StaleWriteError('The recovery code') },
  );
}

export function deleteLegacyPhrase(db: Reader, userId: string): Write {
  return writeOnce(db.deleteFrom('user_recovery').where('user_id', '=', userId));
}

export function deleteRecovery(db: Reader, userId: string): Write[] {
  return [
    writeOnce(db.deleteFrom('recovery_codes').where('user_id', '=', userId)),
    deleteLegacyPhrase(db, userId),
    writeOnce(db.deleteFrom('password_resets').where('user_id', '=', userId)),
    deleteSecondFactor(db, userId),
  ];
}

export function insertPasswordReset(db: Reader, row: Insertable<Database['password_resets']>): Write {
  return writeOnce(db.insertInto('password_resets').values(row));
}

export async function findPasswordReset(db: Reader, tokenHash: string, now: number) {
  return await db
    .selectFrom('password_resets')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** A link opens once; with it all other links of the user are void. */
export function takePasswordReset(
  db: Reader,
  { tokenHash, userId }: { tokenHash: string; userId: string },
): Write[] {
  return [
    writeOnce(db.deleteFrom('password_resets').where('token_hash', '=', tokenHash), {
      rows: 1,
      orElse: () => new StaleWriteError('The link'),
    }),
    writeOnce(db.deleteFrom('password_resets').where('user_id', '=', userId)),
  ];
}

export async function findSecondFactor(
  db: Reader,
  userId: string,
): Promise<Selectable<SecondFactorsTable> | undefined> {
  return await db.selectFrom('second_factors').selectAll().where('user_id', '=', userId).executeTakeFirst();
}

/** Replaces one that was never confirmed. */
export function putSecondFactor(db: Reader, row: Insertable<Database['second_factors']>): Write {
  return writeOnce(
    db
      .insertInto('second_factors')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ secret_encrypted: row.secret_encrypted, created_at: row.created_at, last_step: 0 })
          .where('second_factors.confirmed_at', 'is', null),
      ),
    { rows: 1, orElse: () => new StaleWriteError('The second factor') },
  );
}

/** Uses up the code of a time step; the first one confirms the factor. */
export function useSecondFactor(db: Reader, use: { userId: string; step: number; at: number }): Write {
  return writeOnce(
    db
      .updateTable('second_factors')
      .set((eb) => ({ last_step: use.step, confirmed_at: eb.fn.coalesce('confirmed_at', eb.val(use.at)) }))
      .where('user_id', '=', use.userId)
      .where('last_step', '<', use.step),
    { rows: 1, orElse: () => new StaleWriteError('The one-time code') },
  );
}

export function deleteSecondFactor(db: Reader, userId: string): Write {
  return writeOnce(db.deleteFrom('second_factors').where('user_id', '=', userId));
}

export function insertInvite(db: Reader, row: Insertable<Database['invites']>): Write {
  return writeOnce(db.insertInto('invites').values(row));
}

export async function findInvite(
  db: Reader,
  codeHash: string,
  now: number,
): Promise<Selectable<InvitesTable> | undefined> {
  return await db
    .selectFrom('invites')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** Newest first. */
export async function listInvites(db: Reader, limit: number): Promise<Selectable<InvitesTable>[]> {
  return await db
    .selectFrom('invites')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** An invitation is good for one user. */
export function takeInvite(
  db: Reader,
  { id, userId, at }: { id: string; userId: string; at: number },
): Write {
  return writeOnce(
    db
      .updateTable('invites')
      .set({ used_by: userId, used_at: at })
      .where('id', '=', id)
      .where('used_at', 'is', null),
    { rows: 1, orElse: () => new StaleWriteError('The invitation') },
  );
}

export function deleteInvite(db: Reader, id: string): Write {
  return writeOnce(db.deleteFrom('invites').where('id', '=', id).where('used_at', 'is', null), {
    rows: 1,
    orElse: () => new NotFoundError('unused invitation', id),
  });
}

/** Invitations that nobody used in time, and links that nobody opened. */
export function forgetExpiredOffers(db: Reader, now: number): Write[] {
  return [
    writeOnce(db.deleteFrom('invites').where('used_at', 'is', null).where('expires_at', '<', now)),
    writeOnce(db.deleteFrom('password_resets').where('expires_at', '<', now)),
  ];
}

/** Voids the invitations that no user made: the next start makes another. */
export function forgetAdminInvites(db: Reader): Write {
  return writeOnce(db.deleteFrom('invites').where('created_by', 'is', null).where('used_at', 'is', null));
}
