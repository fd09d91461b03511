import { z } from 'zod';
import type { Rules } from '../engine/model.ts';
import { toMicros } from '../engine/money.ts';
import type { Settings } from './settings.ts';

/** What `bots.settings_json` may hold; absent = the arena's setting. */
export const botSettingsSchema = z.strictObject({
  turnIntervalMs: z.int().min(1000).max(86_400_000).optional(),
  cooldownMs: z.int().min(0).max(86_400_000).optional(),
  allowAdding: z.boolean().optional(),
  maxOpenPositions: z.int().min(1).max(100).optional(),
  minSizeUsd: z.number().min(1).max(1e6).optional(),
});
export type BotSettings = z.infer<typeof botSettingsSchema>;

export const tradingSymbolsSchema = z
  .array(z.string().regex(/^[A-Z0-9]{2,30}$/))
  .min(1)
  .nullable();

/** The rules a bot trades under. */
export function rulesOf(settings: Settings, bot: BotSettings, symbols: readonly string[] | null): Rules {
  return {
    takerFeeBps: settings.taker_fee_bps,
    slippageBps: settings.slippage_bps,
    minSizeMicros: toMicros(bot.minSizeUsd ?? settings.min_size_usd),
    cooldownMs: bot.cooldownMs ?? settings.cooldown_ms,
    allowAdding: bot.allowAdding ?? false,
    maxOpenPositions: bot.maxOpenPositions ?? settings.max_open_positions,
    symbols,
  };
}
