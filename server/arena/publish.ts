import type { EventPayload } from '../contract/live-events.ts';
import { appendEvent } from '../db/queries/events.ts';
import type { Write } from '../db/prepared.ts';

/** A live event for everyone who watches the arena, written with the change it tells of. */
export function publishToArena(at: number, payload: EventPayload): Write {
  return appendEvent('arena', at, payload);
}

/** A live event for those who watch one bot. */
export function publishToBot(botId: string, at: number, payload: EventPayload): Write {
  return appendEvent(`bot:${botId}`, at, payload);
}
