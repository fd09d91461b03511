export interface MarketStateTable {
  id: number;
  source: string;
  fingerprint: string;
  started_at: number;
  /** The arena's clock: never runs backwards. */
  clock_at: number;
  state_json: string;
  /** JSON symbol -> {price, at}: the last marks. */
  marks_json: string;
  finished_at: number | null;
}
