import { z } from 'zod';

const HOUR_MS = 3_600_000;

/** Who sees a part of a bot: everyone, its owner alone, or everyone so many hours later. */
export const visibilitySchema = z.union([
  z.enum(['public', 'owner']),
  z.strictObject({ delayHours: z.int().min(1).max(720) }),
]);
export type Visibility = z.infer<typeof visibilitySchema>;

/**
 * What strangers see of a bot. Its name, owner, model and results (value, return, counts) are always public: without
 * them there is no contest.
 */
export const publishingSchema = z
  .strictObject({
    /** Positions and trades. */
    positions: visibilitySchema,
    /** What was decided in each turn and why; what became of it as well, where positions are seen too. */
    reasoning: visibilitySchema,
    /** The bot's prompt, what the model was asked and what it answered. */
    prompt: visibilitySchema,
  })
  .meta({ id: 'Publishing' });
export type Publishing = z.infer<typeof publishingSchema>;

export const USER_BOT_PUBLISHING: Publishing = { positions: 'public', reasoning: 'owner', prompt: 'owner' };

/** House bots hide nothing: their rules are part of the product. */
export const HOUSE_BOT_PUBLISHING: Publishing = {
  positions: 'public',
  reasoning: 'public',
  prompt: 'public',
};

/** Everything, as a bot's owner sees it. */
export const OWNER_VIEW: Publishing = HOUSE_BOT_PUBLISHING;

/** What strangers may see of a bot. @param stored `bots.publishing_json`: what its owner chose, part by part. */
export function publishingOf(bot: { readonly isHouse: boolean; readonly stored: string }): Publishing {
  const base = bot.isHouse ? HOUSE_BOT_PUBLISHING : USER_BOT_PUBLISHING;
  return publishingSchema.parse({ ...base, ...(JSON.parse(bot.stored) as object) });
}

/** What is older than this may be seen: `Infinity` for everything, `-Infinity` for nothing. Arena's clock, epoch ms. */
export function visibleBefore(visibility: Visibility, now: number): number {
  if (visibility === 'public') return Number.POSITIVE_INFINITY;
  return visibility === 'owner' ? Number.NEGATIVE_INFINITY : now - visibility.delayHours * HOUR_MS;
}

/** When something that happens at `at` may be seen; null = never. */
export function releaseAt(visibility: Visibility, at: number): number | null {
  if (visibility === 'public') return at;
  return visibility === 'owner' ? null : at + visibility.delayHours * HOUR_MS;
}
