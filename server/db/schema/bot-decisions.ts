import type { Generated } from 'kysely';

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
  version_id: Generated<string | null>;
  tokens_cached: Generated<number | null>;
  finish_reason: Generated<string | null>;
  /** JSON array of tool calls, as `AnalysisStep`; null = none. */
  steps_json: Generated<string | null>;
  /** The answer that could not be read, when the model was asked to mend it. */
  mended_from: Generated<string | null>;
}
