/** What a bot's models were paid, hour by hour of the arena's clock: boards read two rows, however long the history is. */
export interface BotCostHoursTable {
  user_id: string;
  bot_id: string;
  epoch: number;
  hour_at: number;
  /** From the begin of the epoch up to the end of this hour; of calls whose price is known. */
  total_micros: number;
}
