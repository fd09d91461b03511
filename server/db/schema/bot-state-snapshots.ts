import type { Generated } from 'kysely';

export interface BotStateSnapshotsTable {
  id: Generated<number>;
  user_id: string;
  bot_id: string;
  epoch: number;
  price_set_id: number | null;
  balance: number;
  margin: number;
  unrealized_pnl: number;
  realized_pnl: number;
  total_value: number;
  trade_count: number;
  win_rate: number;
  timestamp: number;
}
