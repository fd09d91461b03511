export interface BotDecisionsTable {
  id: string;
  user_id: string;
  bot_id: string;
  turn_id: string | null;
  epoch: number;
  prompt_sent: string;
  raw_answer: string | null;
  /** JSON array of decisions as they were judged. */
  decisions_json: string;
  /** JSON array of outcomes, one per decision. */
  notes_json: string;
  execution_success: number;
  model: string | null;
  tokens_in: number | null;
  tokens_out: number | null;
  cost_micros: number | null;
  latency_ms: number | null;
  timestamp: number;
}
