import { z } from 'zod';
import { feedItemSchema } from '../live-events.ts';
import { botSummarySchema, equityCurveSchema } from './bots.ts';
import { marketSchema, marketStatusSchema } from './markets.ts';

export const rangeSchema = z.enum(['1h', '6h', '1d', '1w', 'all']);
export type Range = z.infer<typeof rangeSchema>;
export const arenaQuerySchema = z.object({ range: rangeSchema.default('1d') });

/** The whole first screen in one answer. */
export const arenaResponseSchema = z.object({
  /** The last event of room `arena` this answer includes. */
  seq: z.int(),
  market: marketStatusSchema,
  markets: z.array(marketSchema),
  /** References first, then the best others by return; 100 together. */
  bots: z.array(botSummarySchema),
  /** At most 300 points a bot, oldest first: of the 20 best bots and of references. */
  equity: z.array(equityCurveSchema),
  /** Newest first, at most 30. */
  feed: z.array(feedItemSchema),
});
export type ArenaResponse = z.infer<typeof arenaResponseSchema>;

export const healthResponseSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  uptimeMs: z.int(),
  market: marketStatusSchema,
  database: z.object({
    status: z.enum(['ok', 'checking', 'violations', 'unchecked']),
    checkedAt: z.int().nullable(),
    violations: z.int(),
  }),
  turns: z.object({ running: z.int(), skipped: z.int() }),
  sockets: z.int(),
});
export type HealthResponse = z.infer<typeof healthResponseSchema>;
