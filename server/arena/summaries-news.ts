import type { AppContext } from '../context.ts';
import type { Write } from '../db/prepared.ts';
import type { BotKey } from './bots.ts';
import { publishToBot, publishToUser } from './publish.ts';

/** For the pages that show what a bot has learnt: they read it again. */
export function learningNews({ clock }: Pick<AppContext, 'clock'>, { botId, userId }: BotKey): Write[] {
  const payload = { type: 'bot', botId, change: 'updated' } as const;
  const at = clock.now();
  return [publishToBot(botId, at, payload), publishToUser(userId, at, payload)];
}
