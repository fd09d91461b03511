export interface BotEquityHoursTable {
  bot_id: string;
  hour_at: number;
  epoch: number;
  n: number;
  sum_value: number;
  first_value: number;
  last_value: number;
  min_value: number;
  max_value: number;
  /** Largest fall from a peak within the hour, as a fraction of the peak. */
  max_drawdown: number;
  first_at: number;
  last_at: number;
  /** Counters of the epoch as they stood at the hour's end. */
  trade_count: number;
  win_count: number;
  realized_pnl: number;
}
