import type { Generated } from 'kysely';

export type TurnStatus = 'claimed' | 'asked' | 'answered' | 'applied' | 'failed' | 'abandoned';

export interface BotTurnsTable {
  id: string;
  user_id: string;
  bot_id: string;
  turn_no: number;
  epoch: number;
  cause: 'timer' | 'forced';
  status: TurnStatus;
  due_at: number;
  prompt: string | null;
  prompt_hash: string | null;
  /** JSON symbol -> price the decider saw. */
  decision_prices_json: string | null;
  raw_answer: string | null;
  model: string | null;
  tokens_in: number | null;
  tokens_out: number | null;
  cost_micros: number | null;
  latency_ms: number | null;
  reason: string | null;
  claimed_at: number;
  answered_at: number | null;
  ended_at: number | null;
  version_id: Generated<string | null>;
  tokens_cached: Generated<number | null>;
  finish_reason: Generated<string | null>;
  /** JSON array of tool calls, as `AnalysisStep`; null = none. */
  steps_json: Generated<string | null>;
  /** The answer that could not be read, when the model was asked to mend it. */
  mended_from: Generated<string | null>;
  /** As `ModelFailure`, of a turn that got no answer. */
  failure: Generated<string | null>;
}
