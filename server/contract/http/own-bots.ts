import { z } from 'zod';
import { publishingSchema } from '../publishing.ts';
import { botSettingsSchema, tradingSymbolsSchema } from './bot-settings.ts';
import { positionSchema, snapshotSchema, tradeSchema } from './bots.ts';

export const botNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  // Nothing that hides, turns around or breaks a line.
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'letters, digits and signs in one line');
export const promptSchema = z.string().max(20_000);
export const providerIdSchema = z
  .string()
  .min(1)
  .max(64)
  .describe('one of your providers, or a built-in strategy such as house:momentum');

export const createBotBodySchema = z.strictObject({
  name: botNameSchema,
  prompt: promptSchema.default(''),
  providerId: providerIdSchema,
  tradingMode: z.literal('paper', 'bots trade on paper here').default('paper'),
  tradingSymbols: tradingSymbolsSchema.default(null),
  settings: botSettingsSchema.default({}),
  publishing: publishingSchema.partial().default({}),
});
export const updateBotBodySchema = z
  .strictObject({
    name: botNameSchema,
    prompt: promptSchema,
    providerId: providerIdSchema,
    tradingSymbols: tradingSymbolsSchema,
    settings: botSettingsSchema,
    publishing: publishingSchema.partial(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'name at least one thing to change');
export const cloneBotBodySchema = z.strictObject({
  name: botNameSchema,
  /** Needed where the bot cloned is another user's. */
  providerId: providerIdSchema.optional(),
});
export const pauseBotBodySchema = z.strictObject({ reason: z.string().trim().max(200).default('') });
export const resetBotBodySchema = z.strictObject({
  /** The bot's name, typed once more. */
  confirm: z.string().max(64),
});
export const closePositionBodySchema = z.strictObject({
  /** The part to close; 1 = the whole. */
  fraction: z.number().gt(0).max(1).default(1),
});
export const adjustPositionBodySchema = z
  .strictObject({
    /** null removes it; absent leaves it. */
    stopLoss: z.number().positive().max(1e12).nullable().optional(),
    takeProfit: z.number().positive().max(1e12).nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'name a stopLoss, a takeProfit or both');

export const forcedTurnSchema = z.object({ turnId: z.string(), turnNo: z.int() });
export const closedPositionSchema = z.object({
  message: z.string(),
  notes: z.array(z.string()),
  position: positionSchema,
  trade: tradeSchema.nullable(),
});
export const adjustedPositionSchema = closedPositionSchema.omit({ trade: true });
export const takenSnapshotSchema = z.object({ snapshot: snapshotSchema.nullable() });

/** A bot as a file: what it is made of, without keys and results. */
export const botFileSchema = z.strictObject({
  format: z.literal('arena-bot'),
  version: z.literal(1),
  name: botNameSchema,
  prompt: promptSchema,
  /** A built-in strategy is named; any other provider is chosen again at import. */
  strategy: z.string().max(64).nullable(),
  tradingSymbols: tradingSymbolsSchema,
  settings: botSettingsSchema,
  publishing: publishingSchema.partial(),
});
export type BotFile = z.infer<typeof botFileSchema>;
export const importBotBodySchema = z.strictObject({
  bot: botFileSchema,
  name: botNameSchema.optional(),
  providerId: providerIdSchema.optional(),
});
