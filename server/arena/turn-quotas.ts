import type { Db } from '../db/database.ts';
import type { Write } from '../db/prepared.ts';
import { addUsage, findUsage, useQuota, type Quota } from '../db/queries/usage.ts';
import { RateLimitedError } from '../errors.ts';
import type { ActiveBot } from './active-bot.ts';
import type { Settings } from './settings.ts';

const DAY_MS = 86_400_000;
const BYTES_A_MB = 1e6;

type Limits = Pick<Settings, 'llm_calls_per_day' | 'llm_tokens_per_day' | 'storage_mb_per_day'>;
type Asked = Pick<ActiveBot, 'userId' | 'providerType' | 'isHouse'>;

export function modelCalls(userId: string, { llm_calls_per_day: limit }: Limits): Quota {
  const what = `${limit} questions to models a day for a user`;
  return { subject: `user:${userId}`, kind: 'llm-calls', limit, windowMs: DAY_MS, what };
}

export function modelTokens(userId: string, { llm_tokens_per_day: limit }: Limits): Quota {
  const what = `${limit} tokens of models a day for a user`;
  return { subject: `user:${userId}`, kind: 'llm-tokens', limit, windowMs: DAY_MS, what };
}

/** Bytes of prompts and answers. */
export function storedBytes(userId: string, { storage_mb_per_day: megabytes }: Limits): Quota {
  const what = `${megabytes} MB of prompts and answers stored a day for a user`;
  const limit = megabytes * BYTES_A_MB;
  return { subject: `user:${userId}`, kind: 'storage-bytes', limit, windowMs: DAY_MS, what };
}

/**
 * The writes that count a question: what it stores, and for a model that it is asked. Built-in strategies cost no calls,
 * house bots nothing at all. The writes fail, and this throws, beyond the limits of the bot's owner.
 * @param now wall clock, epoch ms. @throws RateLimitedError
 */
export async function countQuestion(
  db: Db,
  bot: Asked,
  { prompt, limits, now }: { prompt: string; limits: Limits; now: number },
): Promise<Write[]> {
  if (bot.isHouse) return [];
  const stored = useQuota(storedBytes(bot.userId, limits), now, Buffer.byteLength(prompt));
  return [stored, ...(await countCall(db, bot, { limits, now }))];
}

/** The part of `countQuestion` for a question that is not stored. */
export async function countCall(
  db: Db,
  bot: Asked,
  { limits, now }: { limits: Limits; now: number },
): Promise<Write[]> {
  if (bot.isHouse || bot.providerType === 'house') return [];
  const tokens = modelTokens(bot.userId, limits);
  if ((await findUsage(db.read, tokens, now)) >= tokens.limit)
    throw new RateLimitedError(`The limit is ${tokens.what}.`, DAY_MS - (now % DAY_MS));
  return [useQuota(modelCalls(bot.userId, limits), now)];
}

/** The writes that count an answer: it was given, so there is no limit to it any more. */
export function countAnswer(
  bot: Asked,
  { answer, tokens, limits, now }: { answer: string; tokens: number; limits: Limits; now: number },
): Write[] {
  if (bot.isHouse) return [];
  const stored = addUsage(storedBytes(bot.userId, limits), Buffer.byteLength(answer), now);
  return [stored, ...countUsedTokens(bot, { tokens, limits, now })];
}

/** The part of `countAnswer` for an answer that is not stored. */
export function countUsedTokens(
  bot: Asked,
  { tokens, limits, now }: { tokens: number; limits: Limits; now: number },
): Write[] {
  if (bot.isHouse || bot.providerType === 'house' || tokens <= 0) return [];
  return [addUsage(modelTokens(bot.userId, limits), tokens, now)];
}
