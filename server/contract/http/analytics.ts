import { z } from 'zod';
import { timeQuerySchema, timeSchema, usdSchema } from './common.ts';

/** Positions closed, decisions made and hours valued within [from, to], of the present epoch or of all. */
export const analyticsQuerySchema = z.object({
  epoch: z.enum(['current', 'all']).default('current'),
  from: timeQuerySchema.optional(),
  to: timeQuerySchema.optional(),
});
export type AnalyticsQuery = z.infer<typeof analyticsQuerySchema>;

/** USD as a mean of several amounts: not rounded to the micro. */
const meanUsdSchema = z.number();
/** A part of 1, not percent. */
const fractionSchema = z.number();

/** Some of the closed positions, added up. */
export const tradeGroupSchema = z
  .object({
    count: z.int(),
    /** Those with a net result above 0. */
    wins: z.int(),
    /** Gross of exits + funding - fees; what the insurance paid is part of the gross. */
    net: usdSchema,
    /** Of entries and exits, paid. */
    fees: usdSchema,
    /** Received; paid where negative. */
    funding: usdSchema,
  })
  .meta({ id: 'TradeGroup' });
export type TradeGroup = z.infer<typeof tradeGroupSchema>;

/** All closed positions that were asked for, each of them one trade. What is not defined without any is null. */
export const tradeTotalsSchema = tradeGroupSchema.extend({
  /** Those moved from the old server, whose entry fees were never taken. */
  legacyCount: z.int(),
  /** True when only the newest by opening were counted, as there are more than are ever read. */
  isCapped: z.boolean(),
  /** Those with a net result below 0; one of exactly 0 is neither won nor lost. */
  losses: z.int(),
  /** What positions lost beyond their margins, and the insurance paid. */
  insurance: usdSchema,
  /** wins / count. */
  winRate: fractionSchema.nullable(),
  /**
   * Sum of won results / sum of lost ones without their sign, as the strategy reports of TradeStation and MetaTrader
   * define it. null as long as nothing was lost.
   */
  profitFactor: z.number().nullable(),
  averageWin: meanUsdSchema.nullable(),
  /** Negative. */
  averageLoss: meanUsdSchema.nullable(),
  /**
   * The mean result of a trade: win rate x average win + loss rate x average loss (V. K. Tharp, "Trade Your Way to
   * Financial Freedom", 1998, there divided by the risk).
   */
  expectancy: meanUsdSchema.nullable(),
  largestWin: usdSchema.nullable(),
  /** Negative. */
  largestLoss: usdSchema.nullable(),
  /** From opening to closing, ms. Quantiles interpolate, as all of this answer (type 7 of Hyndman and Fan, 1996). */
  medianHoldMs: z.number().nullable(),
  p90HoldMs: z.number().nullable(),
});
export type TradeTotals = z.infer<typeof tradeTotalsSchema>;

/** How many trades returned so much: net result / initial margin, in [from, to). Fixed edges, empty ones as well. */
export const returnBinSchema = z.object({
  /** null = no lower edge. */
  from: fractionSchema.nullable(),
  /** null = no upper edge. */
  to: fractionSchema.nullable(),
  count: z.int(),
});
export type ReturnBin = z.infer<typeof returnBinSchema>;

/** What the bot's applied decisions took of its model. Sums are of those whose model told; null when none did. */
export const modelUseSchema = z.object({
  decisions: z.int(),
  /** True when only the newest were counted, as there are more than are ever read. */
  isCapped: z.boolean(),
  cost: usdSchema.nullable(),
  tokensIn: z.int().nullable(),
  tokensOut: z.int().nullable(),
  /** From question to answer. */
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
});
export type ModelUse = z.infer<typeof modelUseSchema>;

export const monthReturnSchema = z.object({
  /** `2026-01`, UTC. */
  month: z.string().regex(/^\d{4}-\d{2}$/),
  /**
   * Value at the end of the month's last known day / value at the end of the last known day before - 1; the first is
   * measured from the first known value. Where a bot began anew within the month, the parts are linked: (1 + a)(1 + b)
   * - 1, the time-weighted return of the Global Investment Performance Standards. null where it began with nothing.
   */
  returnFraction: fractionSchema.nullable(),
});
export type MonthReturn = z.infer<typeof monthReturnSchema>;

/** Groups without a trade are left out; the others stand in the order of what they are grouped by. */
export const botAnalyticsSchema = z.object({
  botId: z.string(),
  /** null = all. */
  epoch: z.int().nullable(),
  /** As asked; null = not bounded. */
  from: timeSchema.nullable(),
  to: timeSchema.nullable(),
  trades: tradeTotalsSchema,
  bySymbol: z.array(tradeGroupSchema.extend({ symbol: z.string() })),
  bySide: z.array(tradeGroupSchema.extend({ side: z.enum(['LONG', 'SHORT']) })),
  /** Such as `decision`, `stop-loss`, `liquidation`; `legacy` of all that the old server closed. */
  byCloseCause: z.array(tradeGroupSchema.extend({ closeCause: z.string() })),
  /** The hour of the day the position was opened, UTC. */
  byHour: z.array(tradeGroupSchema.extend({ hour: z.int().min(0).max(23) })),
  /** The day it was opened, UTC: 1 = Monday, 7 = Sunday (ISO 8601). */
  byWeekday: z.array(tradeGroupSchema.extend({ weekday: z.int().min(1).max(7) })),
  /** Held for [fromMs, toMs); null = no upper edge. */
  byHoldTime: z.array(tradeGroupSchema.extend({ fromMs: z.int(), toMs: z.int().nullable() })),
  returns: z.array(returnBinSchema),
  model: modelUseSchema,
  /** Oldest first; months without a snapshot are left out. */
  months: z.array(monthReturnSchema),
});
export type BotAnalytics = z.infer<typeof botAnalyticsSchema>;
