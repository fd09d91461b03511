import type { Quota } from '../db/queries/usage.ts';
import type { Settings } from './settings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How often a bot may be given a turn by hand. */
export function forcedTurns(settings: Settings, botId: string): Quota {
  const limit = settings.force_turns_per_hour;
  const what = `${limit} forced turns of a bot an hour`;
  return { subject: `bot:${botId}`, kind: 'forced-turns', limit, windowMs: HOUR_MS, what };
}

/** How often the history of a bot may be summed up by hand. */
export function forcedSummaries(settings: Settings, botId: string): Quota {
  const limit = settings.force_summaries_per_hour;
  const what = `${limit} forced summaries of a bot an hour`;
  return { subject: `bot:${botId}`, kind: 'forced-summaries', limit, windowMs: HOUR_MS, what };
}

/** How often a user's bots may ask models. */
export function llmCalls(settings: Settings, userId: string): Quota {
  const limit = settings.llm_calls_per_day;
  const what = `${limit} calls of models a day`;
  return { subject: `user:${userId}`, kind: 'llm-calls', limit, windowMs: DAY_MS, what };
}

/** How many tokens the models of a user may read and write. */
export function llmTokens(settings: Settings, userId: string): Quota {
  const limit = settings.llm_tokens_per_day;
  const what = `${limit} tokens a day`;
  return { subject: `user:${userId}`, kind: 'llm-tokens', limit, windowMs: DAY_MS, what };
}
