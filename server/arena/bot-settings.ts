import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { Rules } from '../engine/model.ts';
import { toMicros } from '../engine/money.ts';
import type { Settings } from './settings.ts';

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
