/** How far a room has been followed. `seq` null: nothing is known, the room's snapshot is awaited. */
export interface RoomProgress {
  readonly seq: number | null;
  /** A join is on its way; what is missing follows its answer. */
  readonly isJoining: boolean;
}

export type Verdict = 'apply' | 'ignore' | 'rejoin';

export const UNKNOWN_ROOM: RoomProgress = { seq: null, isJoining: false };

/** Events count 1, 2, 3 … in a room: the next one is applied, older ones are repeats, a later one shows a gap. */
export function judgeEvent(room: RoomProgress, seq: number): Verdict {
  if (room.seq === null) return room.isJoining ? 'ignore' : 'rejoin';
  if (seq <= room.seq) return 'ignore';
  if (seq === room.seq + 1) return 'apply';
  return room.isJoining ? 'ignore' : 'rejoin';
}
