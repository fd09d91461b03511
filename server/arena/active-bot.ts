import { z } from 'zod';
import type { Publishing } from '../contract/publishing.ts';
import { HOUSE_BOT_PUBLISHING, USER_BOT_PUBLISHING } from '../contract/publishing.ts';
import type { BotRow } from '../db/queries/bots-write.ts';
import type { Rules } from '../engine/model.ts';
import { AppError } from '../errors.ts';
import { botSettingsSchema, rulesOf, tradingSymbolsSchema } from './bot-settings.ts';
import type { Settings } from './settings.ts';

/** A bot as turns need it, made from its row. */
export interface ActiveBot {
  readonly botId: string;
  readonly userId: string;
  readonly name: string;
  readonly prompt: string;
  readonly providerType: string;
  readonly providerConfig: unknown;
  readonly rules: Rules;
  readonly publishing: Publishing;
  readonly intervalMs: number;
  /** False while paused or switched off. */
  readonly isRunning: boolean;
}

/** @throws AppError `invalid-setting` naming the bot when a stored setting is out of range. */
export function activeBotOf(row: BotRow, settings: Settings, defaultIntervalMs: number | null): ActiveBot {
  const own = parseColumn(botSettingsSchema, row, 'settings_json');
  const symbols =
    row.trading_symbols === null ? null : parseColumn(tradingSymbolsSchema, row, 'trading_symbols');
  return {
    botId: row.id,
    userId: row.user_id,
    name: row.name,
    prompt: row.prompt,
    providerType: row.provider_type,
    providerConfig: JSON.parse(row.config_json),
    rules: rulesOf(settings, own, symbols),
    publishing: row.is_house === 1 ? HOUSE_BOT_PUBLISHING : USER_BOT_PUBLISHING,
    intervalMs: own.turnIntervalMs ?? defaultIntervalMs ?? settings.turn_interval_ms,
    isRunning: row.is_active === 1 && row.is_paused === 0,
  };
}

function parseColumn<T>(schema: z.ZodType<T>, row: BotRow, column: 'settings_json' | 'trading_symbols'): T {
  const parsed = schema.safeParse(JSON.parse(row[column] ?? 'null'));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'invalid-setting',
    `Bot "${row.name}" (${row.id}) has ${column} out of range: ${z.prettifyError(parsed.error)}`,
  );
}
