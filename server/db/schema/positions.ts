import type { Generated } from 'kysely';

export interface PositionsTable {
  id: string;
  user_id: string;
  bot_id: string;
  epoch: number;
  symbol: string;
  position_type: 'LONG' | 'SHORT';
  entry_price: number;
  /** Initial margin in USD. */
  size: number;
  leverage: number;
  quantity: number;
  entry_quantity: number;
  cost_micros: number;
  margin_micros: number;
  maintenance_rate: number;
  stop_loss: number | null;
  take_profit: number | null;
  liquidation_price: number | null;
  unrealized_pnl: number;
  realized_micros: Generated<number>;
  fees_micros: Generated<number>;
  funding_micros: Generated<number>;
  insurance_micros: Generated<number>;
  status: 'open' | 'closed';
  close_cause: string | null;
  opened_at: number;
  levels_set_at: number;
  closed_at: number | null;
  last_funding_at: number | null;
  legacy: Generated<number>;
}
