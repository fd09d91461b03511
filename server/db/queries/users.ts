import type { Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import { ConflictError, NotFoundError, StaleWriteError } from '../../errors.ts';
import type { Db, Reader } from '../database.ts';
import { prepared, writeOnce, type PreparedQuery, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';
import type { UsersTable } from '../schema/users.ts';

export type UserRow = Selectable<UsersTable>;
export type Role = UsersTable['role'];

const byId: PreparedQuery<{ userId: string }, UserRow> = prepared((db, param) =>
  db.selectFrom('users').selectAll().where('id', '=', param('userId')).where('deleted_at', 'is', null),
);

/** A user who is not deleted; one who is switched off, too. */
export async function findUser(db: Db, userId: string): Promise<UserRow | undefined> {
  return await db.first(byId, { userId });
}

const byName: PreparedQuery<{ username: string }, UserRow> = prepared((db, param) =>
  db
    .selectFrom('users')
    .selectAll()
    .where(sql`lower(username)`, '=', param('username'))
    .where('deleted_at', 'is', null),
);

/** Names are unique whatever their case. */
export async function findUserByName(db: Db, username: string): Promise<UserRow | undefined> {
  return await db.first(byName, { username: username.toLowerCase() });
}

export interface UserListQuery {
  readonly q: string;
  /** Users after this one, in the order of ids. */
  readonly afterId: string;
  readonly limit: number;
}

export interface UserWithBots extends UserRow {
  readonly bot_count: number;
}

/** Users who are not deleted, with how many bots they have. */
export async function listUsers(db: Reader, { q, afterId, limit }: UserListQuery): Promise<UserWithBots[]> {
  return await usersWithBots(db)
    .where('u.id', '>', afterId)
    .$if(q !== '', (query) =>
      query.where((eb) => eb(sql`instr(lower(u.username), ${q.toLowerCase()})`, '>', 0)),
    )
    .orderBy('u.id')
    .limit(limit)
    .execute();
}

/** A user who is not deleted, with how many bots they have. */
export async function findUserWithBots(db: Reader, userId: string): Promise<UserWithBots | undefined> {
  return await usersWithBots(db).where('u.id', '=', userId).executeTakeFirst();
}

const usersWithBots = (db: Reader) =>
  db
    .selectFrom('users as u')
    .selectAll('u')
    .select((eb) =>
      eb
        .selectFrom('bots as b')
        .select(eb.fn.countAll<number>().as('n'))
        .whereRef('b.user_id', '=', 'u.id')
        .where('b.deleted_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('bot_count'),
    )
    .where('u.deleted_at', 'is', null);

/** How many administrators could still log in. */
export async function countAdmins(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('role', '=', 'admin')
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.n;
}

/** Changes a user who is not deleted. */
export function updateUser(db: Reader, userId: string, changes: Updateable<Database['users']>): Write {
  return writeOnce(
    db.updateTable('users').set(changes).where('id', '=', userId).where('deleted_at', 'is', null),
    { rows: 1, orElse: () => new NotFoundError('user', userId) },
  );
}

/** Changes a user's role and activity, unless they have changed since they were read. */
export function changeStanding(
  db: Reader,
  read: Pick<UserRow, 'id' | 'role' | 'is_active'>,
  standing: Pick<UserRow, 'role' | 'is_active'>,
): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set(standing)
      .where('id', '=', read.id)
      .where('deleted_at', 'is', null)
      .where('role', '=', read.role)
      .where('is_active', '=', read.is_active),
    { rows: 1, orElse: () => new StaleWriteError('The user') },
  );
}

/** Makes the transaction fail when nobody but this user could administrate. */
export function holdOtherAdmin(db: Reader, userId: string): Write {
  return writeOnce(
    db
      .updateTable('users')
      .set((eb) => ({ is_active: eb.ref('is_active') }))
      .where('id', '=', userId)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('users as other')
            .select('other.id')
            .where('other.id', '!=', userId)
            .where('other.role', '=', 'admin')
            .where('other.is_active', '=', 1)
            .where('other.deleted_at', 'is', null),
        ),
      ),
    {
      rows: 1,
      orElse: () =>
        new ConflictError(
          'last-admin',
          'This is the last administrator: make somebody else an administrator first.',
        ),
    },
  );
}

/** Every read of this file that is prepared, for the query plan test. */
export const USER_READS = { byId, byName };
