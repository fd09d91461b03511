export interface HistorySummariesTable {
  id: string;
  user_id: string;
  bot_id: string;
  /** 1, 2, 3 … of a bot. */
  version_no: number;
  epoch: number;
  summary: string;
  /** Decisions it covers, those of the summary before it included. */
  summarized_count: number;
  /** Arena's clock: the first and the last decision it covers. */
  summarized_from: number | null;
  summarized_to: number | null;
  /** Wall clock. */
  generated_at: number;
  token_count: number;
  model: string;
  cause: 'auto' | 'forced' | 'legacy';
  /** Wall clock; a summary that was cleared is kept and not shown to the bot any more. */
  cleared_at: number | null;
}
