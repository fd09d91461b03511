import type { Db } from '../db/database.ts';
import type { Write } from '../db/prepared.ts';
import { addUsage, findUsage, useQuota, type Quota } from '../db/queries/usage.ts';
import { RateLimitedError } from '../errors.ts';
import type { ActiveBot } from './active-bot.ts';
import type { Settings } from './settings.ts';

const DAY_MS = 86_400_000;

type Limits = Pick<Settings, 'llm_calls_per_day' | 'llm_tokens_per_day'>;

export function modelCalls(userId: string, { llm_calls_per_day: limit }: Limits): Quota {
  const what = `${limit} questions to models a day for a user`;
  return { subject: `user:${userId}`, kind: 'llm-calls', limit, windowMs: DAY_MS, what };
}

export function modelTokens(userId: string, { llm_tokens_per_day: limit }: Limits): Quota {
  const what = `${limit} tokens of models a day for a user`;
  return { subject: `user:${userId}`, kind: 'llm-tokens', limit, windowMs: DAY_MS, what };
}

/**
 * The write that counts a question to a model; nothing for built-in strategies, which cost nothing. The write fails, and
 * this throws, beyond the limits of the bot's owner.
 * @param now wall clock, epoch ms. @throws RateLimitedError
 */
export async function countQuestion(
  db: Db,
  bot: Pick<ActiveBot, 'userId' | 'providerType'>,
  { limits, now }: { limits: Limits; now: number },
): Promise<Write[]> {
  if (bot.providerType === 'house') return [];
  const tokens = modelTokens(bot.userId, limits);
  if ((await findUsage(db.read, tokens, now)) >= tokens.limit)
    throw new RateLimitedError(`The limit is ${tokens.what}.`, DAY_MS - (now % DAY_MS));
  return [useQuota(modelCalls(bot.userId, limits), now)];
}

/** The write that counts what a question has cost: it was asked, so there is no limit to it any more. */
export function countTokens(
  bot: Pick<ActiveBot, 'userId' | 'providerType'>,
  { tokens, limits, now }: { tokens: number; limits: Limits; now: number },
): Write[] {
  if (bot.providerType === 'house' || tokens <= 0) return [];
  return [addUsage(modelTokens(bot.userId, limits), tokens, now)];
}
