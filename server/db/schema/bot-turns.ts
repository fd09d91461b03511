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
}
