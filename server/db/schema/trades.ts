import type { Generated } from 'kysely';

export interface TradesTable {
  /** Order of writing. */
  seq: Generated<number>;
  id: string;
  user_id: string;
  bot_id: string;
  epoch: number;
  position_id: string | null;
  decision_id: string | null;
  decision_index: number | null;
  symbol: string;
  trade_type: 'entry' | 'exit';
  action: 'LONG' | 'SHORT';
  entry_price: number | null;
  exit_price: number | null;
  /** Margin locked (entry) or released (exit) in USD. */
  size: number;
  leverage: number;
  /** Effect on equity in USD. */
  pnl: number;
  fee: number;
  quantity: number;
  notional: number;
  /** Cost basis taken (entry) or released (exit) in USD. */
  cost: number;
  insurance: number;
  cause: string;
  decision_price: number | null;
  slippage: number;
  delay_ms: number | null;
  executed_at: number;
  legacy: Generated<number>;
}
