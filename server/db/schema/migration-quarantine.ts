import type { Generated } from 'kysely';

/** Records of a legacy database that fit no table, as they were. */
export interface MigrationQuarantineTable {
  id: Generated<number>;
  /** Such as `arena_state.bots[2].orders[17]` or `bot_decisions[3]`. */
  source_path: string;
  json: string;
  reason: string;
}
