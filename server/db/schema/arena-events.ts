import type { Generated } from 'kysely';

export interface ArenaEventsTable {
  id: Generated<number>;
  /** `arena`, `bot:<id>` or `user:<id>`. */
  room: string;
  /** 1, 2, 3 … within the room. */
  seq: number;
  type: string;
  payload_json: string;
  at: number;
}
