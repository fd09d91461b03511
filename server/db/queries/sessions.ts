import type { Insertable, Selectable } from 'kysely';
import { NotFoundError, StaleWriteError } from '../../errors.ts';
import type { Db, Reader } from '../database.ts';
import { prepared, write, writeOnce, type PreparedQuery, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { SessionsTable } from '../schema/sessions.ts';
import type { UsersTable } from '../schema/users.ts';

export type SessionRow = Selectable<SessionsTable>;
type Holder = Pick<UsersTable, 'username' | 'role'> & { is_active: number };
type StandingHolder = Pick<UsersTable, 'role' | 'deleted_at'> & { is_active: number };

const holders = prepared<{ tokenHash: string }, SessionRow & Holder>((db, param) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .selectAll('s')
    .select(['u.username', 'u.role', 'u.is_active'])
    .where((eb) =>
      eb.or([eb('s.token_hash', '=', param('tokenHash')), eb('s.previous_hash', '=', param('tokenHash'))]),
    )
    .where('u.deleted_at', 'is', null),
) satisfies PreparedQuery<{ tokenHash: string }, SessionRow & Holder>;

/** The session whose present or previous token this is, with its user. */
export async function findSession(db: Db, tokenHash: string): Promise<(SessionRow & Holder) | undefined> {
  return await db.first(holders, { tokenHash });
}

const byId: PreparedQuery<{ id: string }, SessionRow & StandingHolder> = prepared((db, param) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .selectAll('s')
    .select(['u.role', 'u.is_active', 'u.deleted_at'])
    .where('s.id', '=', param('id')),
);

/** A session with what has become of its user. */
export async function findSessionById(
  db: Db,
  id: string,
): Promise<(SessionRow & StandingHolder) | undefined> {
  return await db.first(byId, { id });
}

/** Newest first. */
export async function listSessions(db: Reader, userId: string): Promise<SessionRow[]> {
  return await db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export function insertSession(db: Reader, row: Insertable<Database['sessions']>): Write {
  return writeOnce(db.insertInto('sessions').values(row));
}

const used = prepared<{ id: string; lastUsedAt: number }>((db, param) =>
  db
    .updateTable('sessions')
    .set({ last_used_at: param('lastUsedAt') })
    .where('id', '=', param('id')),
);
export function touchSession(id: string, lastUsedAt: number): Write {
  return write(used, { id, lastUsedAt });
}

/** Gives a session its next token, once: whoever comes second with the same one finds nothing. */
export function rotateSession(
  db: Reader,
  change: { id: string; from: string; to: string; at: number },
): Write {
  return writeOnce(
    db
      .updateTable('sessions')
      .set({
        token_hash: change.to,
        previous_hash: change.from,
        rotated_at: change.at,
        last_used_at: change.at,
      })
      .where('id', '=', change.id)
      .where('token_hash', '=', change.from),
    { rows: 1, orElse: () => new StaleWriteError('The session') },
  );
}

/** Ends one session of a user. */
export function deleteSession(db: Reader, session: { id: string; userId: string }): Write {
  return writeOnce(
    db.deleteFrom('sessions').where('id', '=', session.id).where('user_id', '=', session.userId),
    { rows: 1, orElse: () => new NotFoundError('session', session.id) },
  );
}

/** Ends every session of a user, but for one. */
export function deleteSessions(db: Reader, userId: string, exceptId: string | null = null): Write {
  return writeOnce(
    db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .$if(exceptId !== null, (query) => query.where('id', '!=', exceptId ?? '')),
  );
}

export function deleteExpiredSessions(db: Reader, before: { expired: number; unused: number }): Write {
  return writeOnce(
    db
      .deleteFrom('sessions')
      .where((eb) => eb.or([eb('expires_at', '<', before.expired), eb('last_used_at', '<', before.unused)])),
  );
}

export const SESSION_READS = { holders, byId };
