import { z } from 'zod';
import { botSettingsSchema, tradingSymbolsSchema, type BotSettings } from '../contract/http/bot-settings.ts';
import type { Publishing } from '../contract/publishing.ts';
import { publishingOf } from '../contract/publishing.ts';
import type { BotRow } from '../db/queries/bots-write.ts';
import type { Rules } from '../engine/model.ts';
import { AppError } from '../errors.ts';
import { publicName } from './bot-identity.ts';
import { rulesOf } from './bot-settings.ts';
import type { Settings } from './settings.ts';

/** A bot as turns need it, made from its row. */
export interface ActiveBot {
  readonly botId: string;
  readonly userId: string;
  /** As everybody sees it. */
  readonly name: string;
  readonly prompt: string;
  /** Of `llm_providers`. */
  readonly providerId: string;
  readonly providerType: string;
  readonly providerConfig: unknown;
  /** Of `bot_versions`. */
  readonly versionId: string | null;
  readonly rules: Rules;
  /** What its owner has set. */
  readonly settings: BotSettings;
  readonly publishing: Publishing;
  readonly isHouse: boolean;
  readonly intervalMs: number;
  /** How many decisions of an answer are judged. */
  readonly maxDecisions: number;
  /** False while it or its owner is switched off. */
  readonly isEnabled: boolean;
  /** Enabled and not paused: turns come by themselves. */
  readonly isRunning: boolean;
}

/** @throws AppError `invalid-setting` naming the bot when a stored setting is out of range. */
export function activeBotOf(row: BotRow, settings: Settings, defaultIntervalMs: number | null): ActiveBot {
  const own = parseColumn(botSettingsSchema, row, 'settings_json');
  const symbols =
    row.trading_symbols === null ? null : parseColumn(tradingSymbolsSchema, row, 'trading_symbols');
  const isEnabled = row.is_active === 1 && row.is_owner_active === 1;
  return {
    botId: row.id,
    userId: row.user_id,
    name: publicName(row),
    prompt: row.prompt,
    providerId: row.provider_id,
    providerType: row.provider_type,
    providerConfig: JSON.parse(row.config_json),
    versionId: row.version_id,
    rules: rulesOf(settings, own, symbols),
    settings: own,
    publishing: publishingOf({ isHouse: row.is_house === 1, stored: row.publishing_json }),
    isHouse: row.is_house === 1,
    intervalMs: own.turnIntervalMs ?? defaultIntervalMs ?? settings.turn_interval_ms,
    maxDecisions: settings.max_decisions,
    isEnabled,
    isRunning: isEnabled && row.is_paused === 0,
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
