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
  })
  .meta({ id: 'BotSettings' });
export type BotSettings = z.infer<typeof botSettingsSchema>;
