import { z } from 'zod';
import { botIdentitySchema } from './bots.ts';
import { botListQuerySchema, pageSchema, timeSchema, usdSchema } from './common.ts';

export const periodSchema = z.enum(['day', 'week', 'month', 'all']);
export type Period = z.infer<typeof periodSchema>;

export const leaderboardQuerySchema = botListQuerySchema.extend({
  period: periodSchema.default('all'),
  /** `net`: by return after what models were paid. */
  rankBy: z.enum(['return', 'net']).default('return'),
});

export const leaderboardRowSchema = z.object({
  /** Over the period, by what was asked for. */
  rank: z.int(),
  /** The rank among competitors; null for references. */
  place: z.int().nullable(),
  bot: botIdentitySchema,
  totalValue: usdSchema,
  /** Over the period, as a fraction. */
  returnFraction: z.number(),
  pnl: usdSchema,
  /** What its models were paid within the period; of calls whose price is known. */
  modelCost: usdSchema,
  /** pnl - modelCost. */
  netPnl: usdSchema,
  maxDrawdown: z.number().nullable(),
  /** Annualised from hourly returns; null with fewer than 24 of them. */
  sharpe: z.number().nullable(),
  tradeCount: z.int(),
  winRate: z.number().nullable(),
  /** Fewer than 30 closed positions: rank is mostly luck. */
  hasFewTrades: z.boolean(),
});
export type LeaderboardRow = z.infer<typeof leaderboardRowSchema>;

export const leaderboardResponseSchema = pageSchema(leaderboardRowSchema).extend({
  period: periodSchema,
  /** null before the first computation. */
  from: timeSchema.nullable(),
  to: timeSchema.nullable(),
});
export type LeaderboardResponse = z.infer<typeof leaderboardResponseSchema>;
