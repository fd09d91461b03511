import type { Generated } from 'kysely';

/**
 * What became of a model's decisions on a day (UTC, wall clock), counted when turns are applied, and of the calls of it,
 * counted when they are written.
 */
export interface DecisionStatsTable {
  user_id: string;
  bot_id: string;
  provider_type: string;
  model: string;
  day_at: number;
  turns: number;
  decisions: number;
  accepted: number;
  rejected: number;
  /** Answers that could not be read at all. */
  unparseable: number;
  unknown_symbol: number;
  /** Accepted with less leverage than was asked for. */
  clamped: number;
  /** Answers that were read after the model, or the extractor, mended them. */
  mended: number;
  /** Requests for bots, retries among them. */
  calls: Generated<number>;
  failed_calls: Generated<number>;
  refused: Generated<number>;
  timed_out: Generated<number>;
}
