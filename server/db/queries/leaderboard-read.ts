import type { Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { LeaderboardTable } from '../schema/leaderboard.ts';

export type LeaderboardEntry = Selectable<LeaderboardTable>;

interface BoardPage {
  readonly period: LeaderboardTable['period'];
  readonly afterRank: number;
  readonly limit: number;
}

const board = prepared<BoardPage, LeaderboardEntry>((db, param) =>
  db
    .selectFrom('leaderboard as l')
    .selectAll('l')
    .where('l.period', '=', param('period'))
    .where('l.rank', '>', param('afterRank'))
    .orderBy('l.rank')
    .limit(param('limit')),
);

/** The board as it was last computed, by rank; bots that are deleted since are still on it. */
export async function listLeaderboard(db: Db, page: BoardPage): Promise<LeaderboardEntry[]> {
  return await db.all(board, page);
}

/** Every read of this file, for the query plan test. */
export const LEADERBOARD_READS = { board };
