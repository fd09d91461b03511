import type { AppContext } from '../context.ts';
import type { LeaderboardResponse, LeaderboardRow, Period } from '../contract/http/leaderboard.ts';
import { listLeaderboard, type LeaderboardEntry } from '../db/queries/leaderboard-read.ts';

/** Fewer closed positions than this say little about skill. */
const ENOUGH_TRADES = 30;

export async function readLeaderboard(ctx: AppContext, period: Period): Promise<LeaderboardResponse> {
  const rows = await listLeaderboard(ctx.db, period);
  return { period, from: rows[0]?.from_at ?? null, to: rows[0]?.to_at ?? null, items: rows.map(rowView) };
}

function rowView(row: LeaderboardEntry): LeaderboardRow {
  return {
    rank: row.rank,
    botId: row.bot_id,
    totalValue: row.total_value,
    returnFraction: row.return_fraction,
    pnl: row.pnl,
    maxDrawdown: row.max_drawdown,
    sharpe: row.sharpe,
    tradeCount: row.trade_count,
    winRate: row.win_rate,
    hasFewTrades: row.trade_count < ENOUGH_TRADES,
  };
}
