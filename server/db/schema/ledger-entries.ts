import type { Generated } from 'kysely';
import type { LedgerAccount } from '../../engine/model.ts';

export interface LedgerEntriesTable {
  id: Generated<number>;
  group_id: string;
  user_id: string;
  bot_id: string;
  epoch: number;
  account: LedgerAccount;
  amount_micros: number;
  cause: string;
  position_id: string | null;
  trade_id: string | null;
  created_at: number;
}
