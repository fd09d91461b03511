import { z } from 'zod';
import { symbolQuerySchema, timeQuerySchema, timeSchema } from './common.ts';

export const marketKindSchema = z.enum(['simulated', 'replay', 'live']);

export const marketSchema = z
  .object({
    symbol: z.string(),
    tickSize: z.number(),
    stepSize: z.number(),
    maxLeverage: z.number(),
    maintenanceRate: z.number(),
    price: z.number().nullable(),
    priceAt: timeSchema.nullable(),
    isStale: z.boolean(),
    /** Fraction over 24 h; null when less is known. */
    change24h: z.number().nullable(),
    /** Up to 48 closes, oldest first, over the last day. */
    sparkline: z.array(z.number()),
  })
  .meta({ id: 'Market' });
export type Market = z.infer<typeof marketSchema>;

export const marketStatusSchema = z
  .object({
    source: z.string(),
    kind: marketKindSchema,
    /** The arena's clock. */
    now: timeSchema,
    /** `finished`: a replay has run out; everything stays visible with the last marks. */
    status: z.enum(['running', 'stale', 'finished']),
    /** Arena seconds per second; null = as fast as the bots allow; 1 in real time. */
    speed: z.number().nullable(),
  })
  .meta({ id: 'MarketStatus' });
export type MarketStatus = z.infer<typeof marketStatusSchema>;

export const marketsResponseSchema = z.object({ status: marketStatusSchema, items: z.array(marketSchema) });
export type MarketsResponse = z.infer<typeof marketsResponseSchema>;

export const CANDLE_INTERVALS = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;
export const candleIntervalSchema = z.enum(['1m', '5m', '15m', '1h', '4h', '1d']);
export type CandleInterval = z.infer<typeof candleIntervalSchema>;

export const candlesParamsSchema = z.object({ symbol: symbolQuerySchema });
export const candlesQuerySchema = z.object({
  interval: candleIntervalSchema.default('1m'),
  from: timeQuerySchema.optional(),
  to: timeQuerySchema.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(300),
});

export const candleSchema = z.object({
  openedAt: timeSchema,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
});
export const candlesResponseSchema = z.object({
  symbol: z.string(),
  interval: candleIntervalSchema,
  /** Oldest first. */
  items: z.array(candleSchema),
});
export type CandlesResponse = z.infer<typeof candlesResponseSchema>;
