export interface CandlesTable {
  symbol: string;
  opened_at: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}
