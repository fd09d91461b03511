import type { Generated } from 'kysely';

export interface BotAccountsTable {
  bot_id: string;
  user_id: string;
  /** Counts writes; every write of a bot's book names the version it read. */
  version: Generated<number>;
  epoch: Generated<number>;
  cash_micros: Generated<number>;
  initial_balance_micros: Generated<number>;
  trade_count: Generated<number>;
  win_count: Generated<number>;
  realized_micros: Generated<number>;
  fees_micros: Generated<number>;
  funding_micros: Generated<number>;
  cooldowns_json: Generated<string>;
  last_turn_no: Generated<number>;
  last_turn_at: number | null;
  skipped_turns: Generated<number>;
}
