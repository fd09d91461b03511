/** What is still needed of the old server's state; no row where nothing was moved. */
export interface ArenaStateTable {
  id: 1;
  /** JSON: `{startPrices: {symbol: price}}`, the prices a simulated market goes on from. */
  state: string;
  updated_at: number;
}
