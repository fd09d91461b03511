import type { Generated } from 'kysely';

export interface PriceSetsTable {
  id: Generated<number>;
  bucket_at: number;
  at: number;
  /** JSON symbol -> mark. */
  prices_json: string;
  /** Highest ledger_entries.id and trades.seq the snapshots of this set have seen. */
  ledger_seq: number;
  trade_seq: number;
}
