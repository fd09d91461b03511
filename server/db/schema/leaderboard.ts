import type { Generated } from 'kysely';

export interface LeaderboardTable {
  period: 'day' | 'week' | 'month' | 'all';
  /** 1, 2, 3 … by return. */
  rank: number;
  /** The rank among competitors; null for references, which take part for comparison only. */
  place: number | null;
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
  /** What models were paid within the period, USD. */
  model_cost: Generated<number | null>;
  /** 1, 2, 3 … by return after that. */
  net_rank: Generated<number | null>;
  /** `place` by that; null for references. */
  net_place: Generated<number | null>;
}
