import type { EventPayload } from '../contract/live-events.ts';
import { appendEvent } from '../db/queries/events.ts';
import type { Write } from '../db/prepared.ts';
import type { ActiveBot } from './active-bot.ts';
import { OWNER_SIGHT, sightAt, type Sight } from './projection.ts';

/** A live event for everyone who watches the arena, written with the change it tells of. */
export function publishToArena(at: number, payload: EventPayload): Write {
  return appendEvent('arena', at, payload);
}

/** A live event for those who watch one bot. */
export function publishToBot(botId: string, at: number, payload: EventPayload): Write {
  return appendEvent(`bot:${botId}`, at, payload);
}

/** A live event for one user alone. */
export function publishToUser(userId: string, at: number, payload: EventPayload): Write {
  return appendEvent(`user:${userId}`, at, payload);
}

export interface News {
  /** Arena's clock, epoch ms. */
  readonly at: number;
  /** The news as somebody with this sight may read it; null = it is nothing for them. */
  readonly tell: (sight: Sight) => EventPayload | null;
  /** False when only those who watch the bot care. */
  readonly isForArena: boolean;
}

/** News of a bot: to everyone as its owner publishes it, and to the owner whole. House bots have nobody to tell. */
export function publishNews(
  bot: Pick<ActiveBot, 'botId' | 'userId' | 'publishing' | 'isHouse'>,
  { at, tell, isForArena }: News,
): Write[] {
  const open = tell(sightAt(bot.publishing, at, at));
  const whole = bot.isHouse ? null : tell(OWNER_SIGHT);
  return [
    ...(open && isForArena ? [publishToArena(at, open)] : []),
    ...(open ? [publishToBot(bot.botId, at, open)] : []),
    ...(whole ? [publishToUser(bot.userId, at, whole)] : []),
  ];
}
