/** One request to a model, retries among them. */
export interface LlmCallsTable {
  id: string;
  user_id: string;
  /** null = for no bot, such as a test of a provider. */
  bot_id: string | null;
  turn_id: string | null;
  provider_id: string;
  provider_type: string;
  model: string;
  purpose: 'decide' | 'analysis' | 'repair' | 'summary' | 'preview' | 'test';
  /** Wall clock. */
  started_at: number;
  latency_ms: number;
  tokens_in: number;
  /** Of `tokens_in`. */
  tokens_cached: number;
  tokens_out: number;
  /** null = the price is not known. */
  cost_micros: number | null;
  /** As `ModelFailure`; null = it answered. */
  failure: string | null;
  finish_reason: string | null;
}
