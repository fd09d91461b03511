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

const boardBy = (rank: 'l.rank' | 'l.net_rank') =>
  prepared<BoardPage, LeaderboardEntry>((db, param) =>
    db
      .selectFrom('leaderboard as l')
      .selectAll('l')
      .where('l.period', '=', param('period'))
      .where(rank, '>', param('afterRank'))
      .orderBy(rank)
      .limit(param('limit')),
  );
const board = boardBy('l.rank');
const netBoard = boardBy('l.net_rank');

/**
 * The board as it was last computed, by rank, or by the rank after the cost of models; bots that are deleted since are
 * still on it.
 */
export async function listLeaderboard(
  db: Db,
  { rankBy, ...page }: BoardPage & { readonly rankBy: 'return' | 'net' },
): Promise<LeaderboardEntry[]> {
  return await db.all(rankBy === 'net' ? netBoard : board, page);
}

/** Every read of this file, for the query plan test. */
export const LEADERBOARD_READS = { board, netBoard };
