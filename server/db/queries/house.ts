import { ConflictError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';

/** The house users and bots that are not deleted. */
export async function listHouseBotKeys(
  db: Reader,
): Promise<{ userIds: string[]; bots: { botId: string; userId: string }[] }> {
  const users = await db
    .selectFrom('users')
    .select('id')
    .where('is_house', '=', 1)
    .where('deleted_at', 'is', null)
    .execute();
  const userIds = users.map((user) => user.id);
  if (userIds.length === 0) return { userIds, bots: [] };
  const bots = await db
    .selectFrom('bots')
    .select(['id as botId', 'user_id as userId'])
    .where('user_id', 'in', userIds)
    .where('deleted_at', 'is', null)
    .execute();
  return { userIds, bots };
}

/** @throws ConflictError `no-demo` when they are deleted meanwhile. */
export function deleteHouse(
  db: Reader,
  { userIds, at }: { userIds: readonly string[]; at: number },
): Write[] {
  return [
    writeOnce(
      db
        .updateTable('users')
        .set({ is_active: 0, deleted_at: at })
        .where('id', 'in', userIds)
        .where('is_house', '=', 1)
        .where('deleted_at', 'is', null),
      {
        rows: userIds.length,
        orElse: () => new ConflictError('no-demo', 'The house users are being removed already.'),
      },
    ),
    writeOnce(
      db
        .updateTable('bots')
        .set({ is_active: 0, deleted_at: at, updated_at: at })
        .where('user_id', 'in', userIds)
        .where('deleted_at', 'is', null),
    ),
  ];
}
