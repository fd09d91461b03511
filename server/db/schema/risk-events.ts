import type { Generated } from 'kysely';

export interface RiskEventsTable {
  id: Generated<number>;
  user_id: string;
  bot_id: string;
  position_id: string | null;
  kind: 'liquidation' | 'insurance';
  details_json: string;
  at: number;
}
