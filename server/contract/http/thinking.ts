import { z } from 'zod';
import { botSettingsSchema, tradingSymbolsSchema } from './bot-settings.ts';
import { analysisStepSchema, outcomeSchema } from './bots.ts';
import { pageQuerySchema, pageSchema, timeQuerySchema, timeSchema, usdSchema } from './common.ts';
import { promptSchema, providerIdSchema } from './own-bots.ts';

/** What calls of models took. */
export const spendingSchema = z.object({
  calls: z.int(),
  tokensIn: z.int(),
  /** Of `tokensIn`. */
  tokensCached: z.int(),
  tokensOut: z.int(),
  /** Of the calls whose price is known. */
  cost: usdSchema,
  /** Calls whose price is not known. */
  unpricedCalls: z.int(),
});
export type Spending = z.infer<typeof spendingSchema>;

export const previewBodySchema = z.strictObject({
  /** What is not given is as it is saved. */
  prompt: promptSchema.optional(),
  providerId: providerIdSchema.optional(),
  tradingSymbols: tradingSymbolsSchema.optional(),
  settings: botSettingsSchema.optional(),
  /** Asks the model, and judges its answer; nothing is traded and nothing of it is kept but the cost. */
  dryRun: z.boolean().default(false),
});
export const previewSchema = z.object({
  prompt: z.string(),
  tokens: z.int(),
  /** Past turns that the prompt holds, and those that did not fit. */
  historyShown: z.int(),
  historyDropped: z.int(),
  /** Of the prompt and an answer of the usual length; null = the price is not known. */
  estimatedCost: usdSchema.nullable(),
  /** What would keep the template from being saved. */
  problems: z.array(z.object({ placeholder: z.string(), message: z.string() })),
  dryRun: z
    .object({
      answer: z.string().nullable(),
      /** Why there is no answer, or why it could not be read. */
      failure: z.object({ code: z.string(), message: z.string() }).nullable(),
      decisions: z.array(
        z.object({
          /** As the model gave it. */
          decision: z.unknown(),
          outcome: outcomeSchema,
          /** What it would fill: the trades' price, quantity, margin and fee. */
          fills: z.array(
            z.object({
              symbol: z.string(),
              side: z.enum(['LONG', 'SHORT']),
              tradeType: z.enum(['entry', 'exit']),
              price: z.number(),
              quantity: z.number(),
              size: usdSchema,
              fee: usdSchema,
            }),
          ),
        }),
      ),
      steps: z.array(analysisStepSchema),
      mendedFrom: z.string().nullable(),
      model: z.string().nullable(),
      latencyMs: z.int(),
      spending: spendingSchema,
    })
    .nullable(),
});
export type Preview = z.infer<typeof previewSchema>;

/** What a bot was made of from one edit to the next, and what came of it. */
export const botVersionSchema = z
  .object({
    id: z.string(),
    versionNo: z.int(),
    isCurrent: z.boolean(),
    prompt: z.string(),
    provider: z.object({
      id: z.string(),
      type: z.string(),
      model: z.string(),
      endpoint: z.string().nullable(),
    }),
    settings: botSettingsSchema,
    tradingSymbols: tradingSymbolsSchema,
    /** Wall clock. */
    createdAt: timeSchema,
    result: z.object({
      turns: z.int(),
      /** Arena's clock; null without turns. */
      firstTurnAt: timeSchema.nullable(),
      lastTurnAt: timeSchema.nullable(),
      /** Of the positions that its decisions opened. */
      closedPositions: z.int(),
      wins: z.int(),
      winRate: z.number().nullable(),
      netPnl: usdSchema,
      modelCost: usdSchema,
    }),
  })
  .meta({ id: 'BotVersion' });
export type BotVersionView = z.infer<typeof botVersionSchema>;
export const versionsQuerySchema = pageQuerySchema.pick({ cursor: true, limit: true });
/** Newest first. */
export const versionsResponseSchema = pageSchema(botVersionSchema);

export const historySummarySchema = z
  .object({
    version: z.int(),
    summary: z.string(),
    /** Decisions it covers, those of the summary before it included. */
    summarizedCount: z.int(),
    /** Arena's clock. */
    summarizedFrom: timeSchema.nullable(),
    summarizedTo: timeSchema.nullable(),
    /** Wall clock. */
    generatedAt: timeSchema,
    tokenCount: z.int(),
    model: z.string(),
    cause: z.enum(['auto', 'forced', 'legacy']),
    /** Wall clock; null = the bot still knows it, or a later one took its place. */
    clearedAt: timeSchema.nullable(),
  })
  .meta({ id: 'HistorySummary' });
export type HistorySummaryView = z.infer<typeof historySummarySchema>;
export const learningSchema = z.object({
  /** What the bot knows; null = nothing yet, or cleared. */
  summary: historySummarySchema.nullable(),
  /** Newest first, the present one included, at most 50. */
  versions: z.array(historySummarySchema),
  /** What is not summarised yet. */
  history: z.object({ decisions: z.int(), tokens: z.int(), limitTokens: z.int() }),
  isSummarizing: z.boolean(),
});
export type Learning = z.infer<typeof learningSchema>;
export const summarizedSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  summary: historySummarySchema,
});
export const clearedSchema = z.object({ success: z.literal(true), message: z.string() });

export const modelUsageQuerySchema = z.object({
  from: timeQuerySchema.optional(),
  to: timeQuerySchema.optional(),
  groupBy: z.enum(['day', 'bot', 'model', 'purpose']).default('day'),
});
export const modelUsageSchema = z.object({
  from: timeSchema,
  to: timeSchema,
  items: z.array(
    spendingSchema.extend({
      /** The day (ISO date, UTC), the bot's id, the model or the purpose. */
      key: z.string(),
      /** As people read it: the bot's name, or the key again. */
      label: z.string(),
    }),
  ),
  total: spendingSchema,
});
export type ModelUsage = z.infer<typeof modelUsageSchema>;

/** null = none. */
const budgetUsdSchema = z.number().min(0.01).max(1e6).nullable();
export const budgetBodySchema = z.strictObject({ dailyBudgetUsd: budgetUsdSchema });
export const budgetSchema = z.object({
  dailyBudgetUsd: budgetUsdSchema,
  spentToday: usdSchema,
  /** Wall clock: when the day ends (UTC). */
  resetsAt: timeSchema,
});
export type Budget = z.infer<typeof budgetSchema>;

/** How reliably a model decides, over all bots of the arena that use it. */
export const modelReliabilitySchema = z
  .object({
    providerType: z.string(),
    model: z.string(),
    bots: z.int(),
    turns: z.int(),
    decisions: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    /** Answers that could not be read at all. */
    unparseable: z.int(),
    unknownSymbol: z.int(),
    /** Accepted with less leverage than was asked for. */
    clamped: z.int(),
    /** Answers that were mended before they could be read. */
    mended: z.int(),
    calls: z.int(),
    failedCalls: z.int(),
    refused: z.int(),
    timedOut: z.int(),
    /** Of calls that were answered; null without any. */
    latencyP50Ms: z.int().nullable(),
    latencyP95Ms: z.int().nullable(),
  })
  .meta({ id: 'ModelReliability' });
export type ModelReliability = z.infer<typeof modelReliabilitySchema>;
export const modelsQuerySchema = z.object({ days: z.coerce.number().int().min(1).max(90).default(7) });
export const modelsResponseSchema = z.object({ items: z.array(modelReliabilitySchema) });
