export interface BotVersionsTable {
  id: string;
  user_id: string;
  bot_id: string;
  /** 1, 2, 3 … of a bot. */
  version_no: number;
  prompt: string;
  provider_id: string;
  provider_type: string;
  model_name: string;
  api_endpoint: string | null;
  settings_json: string;
  trading_symbols: string | null;
  created_at: number;
}
