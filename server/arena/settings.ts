import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { StartupError } from '../errors.ts';

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const amount = (least: number, most: number) => z.number().min(least).max(most);

/** Every arena-wide setting: range, first value, meaning. Rows in `system_settings` hold the values. */
const SETTINGS = {
  initial_balance_usd: {
    schema: amount(50, 1e9),
    value: 10_000,
    description: 'What a new bot starts with, USD',
  },
  taker_fee_bps: {
    schema: amount(0, 1000),
    value: 5,
    description: 'Fee on notional, entry and exit, basis points',
  },
  slippage_bps: {
    schema: amount(0, 1000),
    value: 2,
    description: 'Slippage of market orders and stops, basis points',
  },
  min_size_usd: { schema: amount(1, 1e6), value: 50, description: 'Least margin of a position, USD' },
  cooldown_ms: {
    schema: whole(0, 86_400_000),
    value: 1_800_000,
    description: 'How long a symbol rests after a close, ms',
  },
  max_open_positions: { schema: whole(1, 100), value: 10, description: 'Open positions a bot may hold' },
  max_decisions: { schema: whole(1, 100), value: 20, description: 'Decisions judged in one answer' },
  turn_interval_ms: {
    schema: whole(1000, 86_400_000),
    value: 200_000,
    description: "Turn interval, ms of the arena's clock",
  },
  snapshot_interval_ms: {
    schema: whole(1000, 3_600_000),
    value: 60_000,
    description: "Distance of snapshots, ms of the arena's clock",
  },
} as const;

type SettingKey = keyof typeof SETTINGS;
export type Settings = Readonly<Record<SettingKey, number>>;

/** Writes the settings that have no row yet, with `overrides` as their first values. */
export async function seedSettings(db: Db, now: number, overrides: Partial<Settings> = {}): Promise<void> {
  const rows = await db.read.selectFrom('system_settings').select('key').execute();
  const known = new Set(rows.map((row) => row.key));
  const missing = Object.entries(SETTINGS).filter(([key]) => !known.has(key));
  if (missing.length === 0) return;
  await db.commit(
    missing.map(([key, { value, description }]) =>
      insertRow(db.read, 'system_settings', {
        key,
        value: String(overrides[key as SettingKey] ?? value),
        data_type: 'number',
        description,
        updated_at: now,
      }),
    ),
  );
}

/** @throws StartupError naming every row that is out of range. */
export async function loadSettings(db: Db): Promise<Settings> {
  const rows = await db.read.selectFrom('system_settings').select(['key', 'value']).execute();
  const stored = new Map(rows.map((row) => [row.key, row.value]));
  const problems: string[] = [];
  const entries = Object.entries(SETTINGS).map(([key, { schema, value }]) => {
    const parsed = schema.safeParse(Number(stored.get(key) ?? value));
    if (!parsed.success) problems.push(`${key}=${stored.get(key) ?? ''}: ${z.prettifyError(parsed.error)}`);
    return [key, parsed.data] as const;
  });
  if (problems.length > 0)
    throw new StartupError(`The table system_settings holds values out of range:\n${problems.join('\n')}`);
  return Object.fromEntries(entries) as Settings;
}
