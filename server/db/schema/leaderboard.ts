export interface LeaderboardTable {
  period: 'day' | 'week' | 'month' | 'all';
  rank: number;
  user_id: string;
  bot_id: string;
  total_value: number;
  return_fraction: number;
  pnl: number;
  max_drawdown: number | null;
  sharpe: number | null;
  trade_count: number;
  win_rate: number | null;
  from_at: number;
  to_at: number;
}
