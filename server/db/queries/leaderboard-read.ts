import type { Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { LeaderboardTable } from '../schema/leaderboard.ts';

export type LeaderboardEntry = Selectable<LeaderboardTable>;

const board = prepared<{ period: LeaderboardTable['period'] }, LeaderboardEntry>((db, param) =>
  db
    .selectFrom('leaderboard as l')
    .innerJoin('bots as b', 'b.id', 'l.bot_id')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .selectAll('l')
    .where('l.period', '=', param('period'))
    .where('b.deleted_at', 'is', null)
    .where('u.deleted_at', 'is', null)
    .orderBy('l.rank'),
);

/** The board as it was last computed, without bots deleted since. */
export async function listLeaderboard(
  db: Db,
  period: LeaderboardTable['period'],
): Promise<LeaderboardEntry[]> {
  return await db.all(board, { period });
}

/** Every read of this file, for the query plan test. */
export const LEADERBOARD_READS = { board };
