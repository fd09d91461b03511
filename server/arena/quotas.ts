import type { Quota } from '../db/queries/usage.ts';
import type { Settings } from './settings.ts';

const HOUR_MS = 3_600_000;

/** How often a bot may be given a turn by hand. */
export function forcedTurns(
  botId: string,
  { force_turns_per_hour: limit }: Pick<Settings, 'force_turns_per_hour'>,
): Quota {
  const what = `${limit} forced turns an hour for a bot`;
  return { subject: `bot:${botId}`, kind: 'force-turn', limit, windowMs: HOUR_MS, what };
}

/** How often a bot's history may be summarised by hand. */
export function forcedSummaries(
  botId: string,
  { force_summaries_per_hour: limit }: Pick<Settings, 'force_summaries_per_hour'>,
): Quota {
  const what = `${limit} forced summaries an hour for a bot`;
  return { subject: `bot:${botId}`, kind: 'forced-summaries', limit, windowMs: HOUR_MS, what };
}
