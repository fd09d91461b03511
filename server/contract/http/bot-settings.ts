import { z } from 'zod';

/** null = every symbol. */
export const tradingSymbolsSchema = z
  .array(z.string().regex(/^[A-Z0-9]{2,30}$/))
  .min(1)
  .max(100)
  .nullable();
/** Absent = the arena's setting. */
export const botSettingsSchema = z
  .strictObject({
    turnIntervalMs: z.int().min(1000).max(86_400_000).optional(),
    cooldownMs: z.int().min(0).max(86_400_000).optional(),
    allowAdding: z.boolean().optional(),
    maxOpenPositions: z.int().min(1).max(100).optional(),
    minSizeUsd: z.number().min(1).max(1e6).optional(),
    /** Rounds of tools before a decision; 0, and absent, = none. */
    analysisSteps: z.int().min(0).max(5).optional(),
    /** Tokens a model may write for a decision, its thoughts included. */
    maxAnswerTokens: z.int().min(256).max(64_000).optional(),
    /** What models may cost a day (UTC) before the bot is paused until the next. */
    dailyBudgetUsd: z.number().min(0.01).max(1e6).optional(),
    /** Equal prompts of one's bots to the same model in one turn are asked once. */
    shareAnswers: z.boolean().optional(),
  })
  .meta({ id: 'BotSettings' });
export type BotSettings = z.infer<typeof botSettingsSchema>;
