import { z } from 'zod';
import { publishingSchema } from '../publishing.ts';
import { botSettingsSchema } from './bot-settings.ts';
import { pageQuerySchema, pageSchema, symbolQuerySchema, timeSchema, usdSchema } from './common.ts';

export const botIdParamsSchema = z.object({ botId: z.string().min(1).max(64) });

/** Who a bot is, as every spectator may see it. */
export const botIdentitySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.object({ id: z.string(), username: z.string(), isHouse: z.boolean() }),
    provider: z.object({ type: z.string(), model: z.string() }),
    /** True for house strategies that stand as references: buy-and-hold, flat, random. */
    isReference: z.boolean(),
    tradingMode: z.enum(['paper', 'live']),
    /** Wall clock. */
    createdAt: timeSchema,
    isPaused: z.boolean(),
    /** null where the owner keeps it private. */
    pauseReason: z.string().nullable(),
  })
  .meta({ id: 'BotIdentity' });
export type BotIdentity = z.infer<typeof botIdentitySchema>;

/** A bot and its figures, as every spectator may see them. */
export const botSummarySchema = botIdentitySchema
  .extend({
    isTurnRunning: z.boolean(),
    /** Arena's clock; null before the first turn and while paused. */
    nextTurnAt: timeSchema.nullable(),
    epoch: z.int(),
    initialBalance: usdSchema,
    cash: usdSchema,
    margin: usdSchema,
    unrealizedPnl: usdSchema,
    /** cash + margin + unrealised PnL. */
    totalValue: usdSchema,
    /** (totalValue - initialBalance) / initialBalance. */
    returnFraction: z.number(),
    realizedPnl: usdSchema,
    fees: usdSchema,
    funding: usdSchema,
    tradeCount: z.int(),
    /** null without trades. */
    winRate: z.number().nullable(),
    /** Largest fall from a peak in this epoch, as a fraction; null before two snapshots. */
    maxDrawdown: z.number().nullable(),
    change1h: z.number().nullable(),
    change24h: z.number().nullable(),
    openPositionCount: z.int(),
  })
  .meta({ id: 'BotSummary' });
export type BotSummary = z.infer<typeof botSummarySchema>;

export const positionSchema = z
  .object({
    id: z.string(),
    botId: z.string(),
    symbol: z.string(),
    side: z.enum(['LONG', 'SHORT']),
    status: z.enum(['open', 'closed']),
    quantity: z.number(),
    entryQuantity: z.number(),
    entryPrice: z.number(),
    /** null when closed or without a price. */
    markPrice: z.number().nullable(),
    /** Initial margin. */
    size: usdSchema,
    /** Margin locked now. */
    margin: usdSchema,
    leverage: z.number(),
    stopLoss: z.number().nullable(),
    takeProfit: z.number().nullable(),
    liquidationPrice: z.number().nullable(),
    unrealizedPnl: usdSchema,
    /** Net result so far: gross of exits + funding - fees. */
    netPnl: usdSchema,
    fees: usdSchema,
    funding: usdSchema,
    closeCause: z.string().nullable(),
    openedAt: timeSchema,
    closedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Position' });
export type PositionView = z.infer<typeof positionSchema>;

export const tradeSchema = z
  .object({
    id: z.string(),
    botId: z.string(),
    positionId: z.string().nullable(),
    decisionId: z.string().nullable(),
    symbol: z.string(),
    tradeType: z.enum(['entry', 'exit']),
    side: z.enum(['LONG', 'SHORT']),
    /** Fill price. */
    price: z.number().nullable(),
    entryPrice: z.number().nullable(),
    exitPrice: z.number().nullable(),
    quantity: z.number(),
    size: usdSchema,
    notional: usdSchema,
    leverage: z.number(),
    pnl: usdSchema,
    fee: usdSchema,
    cause: z.string(),
    decisionPrice: z.number().nullable(),
    slippage: z.number(),
    delayMs: z.number().nullable(),
    executedAt: timeSchema,
  })
  .meta({ id: 'Trade' });
export type TradeView = z.infer<typeof tradeSchema>;

export const outcomeSchema = z.object({
  code: z.string(),
  accepted: z.boolean(),
  message: z.string(),
  notes: z.array(z.string()),
  positionId: z.string().nullable(),
});

export const decidedSchema = z
  .object({
    /** LONG, SHORT, CLOSE, ADJUST, HOLD; INVALID when it was none of them; PRIVATE where positions are withheld. */
    action: z.string(),
    symbol: z.string().nullable(),
    size: z.number().nullable(),
    leverage: z.number().nullable(),
    stopLoss: z.number().nullable(),
    takeProfit: z.number().nullable(),
    closeFraction: z.number().nullable(),
    confidence: z.number().nullable(),
    /** null where the owner keeps it private. */
    reasoning: z.string().nullable(),
    /** null where the owner keeps it private. */
    outcome: outcomeSchema.nullable(),
  })
  .meta({ id: 'Decided' });
export type Decided = z.infer<typeof decidedSchema>;

/** A tool that a model called on the way to its decision. */
export const analysisStepSchema = z
  .object({
    tool: z.string(),
    argumentsJson: z.string(),
    /** What the model was told: the result as JSON, or what was wrong with the call. */
    result: z.string(),
    isError: z.boolean(),
    tookMs: z.number(),
  })
  .meta({ id: 'AnalysisStep' });
export type AnalysisStepView = z.infer<typeof analysisStepSchema>;

export const decisionSchema = z
  .object({
    id: z.string(),
    botId: z.string(),
    turnNo: z.int().nullable(),
    timestamp: timeSchema,
    executionSuccess: z.boolean(),
    /** True when reasoning and outcomes are withheld from this reader. */
    isRedacted: z.boolean(),
    /** When what is withheld is shown; null = it never is, or nothing is withheld. */
    releasedAt: timeSchema.nullable(),
    decisions: z.array(decidedSchema),
    /** null where the owner keeps it private. */
    prompt: z.string().nullable(),
    rawAnswer: z.string().nullable(),
    /** Of the bot; null for decisions from before versions were kept. */
    versionNo: z.int().nullable(),
    model: z.string().nullable(),
    tokensIn: z.int().nullable(),
    tokensCached: z.int().nullable(),
    tokensOut: z.int().nullable(),
    cost: usdSchema.nullable(),
    latencyMs: z.int().nullable(),
    finishReason: z.string().nullable(),
    /** Tools it called, oldest first; empty where prompts are withheld. */
    steps: z.array(analysisStepSchema),
    /** The answer that could not be read, when the model was asked to mend it; null where prompts are withheld. */
    mendedFrom: z.string().nullable(),
  })
  .meta({ id: 'Decision' });
export type DecisionView = z.infer<typeof decisionSchema>;

/** [timestamp, total value]. */
export const equityPointSchema = z.tuple([timeSchema, usdSchema]);
export type EquityPoint = z.infer<typeof equityPointSchema>;
export const equityCurveSchema = z.object({ botId: z.string(), points: z.array(equityPointSchema) });
export type EquityCurve = z.infer<typeof equityCurveSchema>;

export const snapshotSchema = z
  .object({
    timestamp: timeSchema,
    balance: usdSchema,
    margin: usdSchema,
    unrealizedPnl: usdSchema,
    realizedPnl: usdSchema,
    totalValue: usdSchema,
    tradeCount: z.int(),
    winRate: z.number().nullable(),
  })
  .meta({ id: 'Snapshot' });
export type SnapshotView = z.infer<typeof snapshotSchema>;

/** Best return first. */
export const botsResponseSchema = pageSchema(botSummarySchema);
/** What only the owner is told. */
export const ownBotSchema = z.object({
  providerId: z.string(),
  settings: botSettingsSchema,
  publishing: publishingSchema,
});
export const botDetailSchema = botSummarySchema
  .extend({
    tradingSymbols: z.array(z.string()).nullable(),
    turnIntervalMs: z.int(),
    skippedTurns: z.int(),
    /** null where the owner keeps it private. */
    prompt: z.string().nullable(),
    /** Empty where the owner keeps them private. */
    openPositions: z.array(positionSchema),
    publishing: publishingSchema,
    hasAvatar: z.boolean(),
    /** null for everyone but the owner. */
    own: ownBotSchema.nullable(),
  })
  .meta({ id: 'Bot' });
export type BotDetail = z.infer<typeof botDetailSchema>;

const historyQuerySchema = pageQuerySchema.extend({ symbol: symbolQuerySchema.optional() });
export const tradesQuerySchema = historyQuerySchema;
export const positionsQuerySchema = historyQuerySchema.extend({
  status: z.enum(['open', 'closed']).optional(),
});
/** A decision carries its prompt and answer: pages are shorter. */
export const decisionsQuerySchema = pageQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(200).default(20),
});
/** Rolled up in time: the present epoch's rows over [from, to], at most `limit` of them, evenly spread. */
export const snapshotsQuerySchema = pageQuerySchema.omit({ cursor: true }).extend({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});

/** Newest first. */
export const tradesResponseSchema = pageSchema(tradeSchema);
export const positionsResponseSchema = pageSchema(positionSchema);
export const decisionsResponseSchema = pageSchema(decisionSchema);
export const snapshotsResponseSchema = pageSchema(snapshotSchema);
