import { describe, expect, it } from 'vitest';
import type { BotRow } from '../db/queries/bots-write.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { tempDatabase } from '../test/support/temp-database.ts';
import { activeBotOf } from './active-bot.ts';
import { loadSettings, seedSettings, type Settings } from './settings.ts';
import { SETTINGS as TABLE } from './settings-table.ts';

const SETTINGS = Object.fromEntries(
  Object.entries(TABLE).map(([key, { first }]) => [key, first]),
) as Settings;

const ROW: BotRow = {
  id: 'bot',
  user_id: 'user',
  name: 'Bot',
  prompt: 'Trade.',
  is_active: 1,
  is_paused: 0,
  trading_symbols: null,
  settings_json: '{}',
  provider_id: 'provider',
  provider_type: 'house',
  config_json: '{"strategy":"flat"}',
  is_house: 0,
  is_owner_active: 1,
  last_turn_no: 0,
  last_turn_at: null,
  skipped_turns: 0,
  publishing_json: '{}',
  is_name_hidden: 0,
  version_id: null,
};

const botOf = (row: Partial<BotRow>, intervalMs: number | null = null) =>
  activeBotOf({ ...ROW, ...row }, SETTINGS, intervalMs);

describe('a bot from its row', () => {
  it("trades under the arena's rules where it has none of its own", () => {
    const bot = botOf({});
    expect(bot).toMatchObject({ intervalMs: 200_000, isRunning: true, providerConfig: { strategy: 'flat' } });
    expect(bot.rules).toEqual({
      takerFeeBps: 5,
      slippageBps: 2,
      minSizeMicros: 50_000_000,
      cooldownMs: 1_800_000,
      allowAdding: false,
      maxOpenPositions: 10,
      symbols: null,
    });
  });

  it('trades under its own where it has them', () => {
    const own = {
      turnIntervalMs: 5000,
      cooldownMs: 0,
      allowAdding: true,
      maxOpenPositions: 1,
      minSizeUsd: 75.5,
    };
    const bot = botOf({ settings_json: JSON.stringify(own), trading_symbols: '["BTCUSDT"]' }, 30_000);
    expect(bot.intervalMs).toBe(5000);
    expect(bot.rules).toMatchObject({
      minSizeMicros: 75_500_000,
      cooldownMs: 0,
      allowAdding: true,
      maxOpenPositions: 1,
      symbols: ['BTCUSDT'],
    });
    expect(botOf({}, 30_000).intervalMs).toBe(30_000);
  });

  it.each([
    [{ is_paused: 1 }, false],
    [{ is_active: 0 }, false],
    [{ is_owner_active: 0 }, false],
    [{}, true],
  ])('with %o runs: %s', (row, isRunning) => {
    expect(botOf(row).isRunning).toBe(isRunning);
  });

  it("hides a user's reasoning and shows a house bot's", () => {
    expect(botOf({}).publishing.reasoning).toBe('owner');
    expect(botOf({ is_house: 1 }).publishing.reasoning).toBe('public');
  });

  it.each([
    [{ settings_json: '{"turnIntervalMs":999}' }],
    [{ settings_json: '{"maxOpenPositions":0}' }],
    [{ settings_json: '{"cooldownMs":"1"}' }],
    [{ settings_json: '{"surprise":1}' }],
    [{ trading_symbols: '[]' }],
    [{ trading_symbols: '["btc usdt"]' }],
  ])('is refused with %o', (row) => {
    expect(() => botOf(row)).toThrow(/^Bot "Bot" \(bot\) has (settings_json|trading_symbols) out of range/);
  });
});

describe('the settings of the arena', () => {
  it('are written once, and read back', async () => {
    const db = await tempDatabase();
    await seedSettings(db, 1, { snapshot_interval_ms: 5000 });
    await seedSettings(db, 2, { snapshot_interval_ms: 9000 });
    expect(await loadSettings(db)).toEqual({ ...SETTINGS, snapshot_interval_ms: 5000 });
  });

  it('name every row that is out of range', async () => {
    const db = await tempDatabase();
    const rows = { taker_fee_bps: '-1', max_decisions: 'many', min_size_usd: '51' };
    await db.commit(
      Object.entries(rows).map(([key, value]) =>
        insertRow(db.read, 'system_settings', {
          key,
          value,
          data_type: 'number',
          description: key,
          updated_at: 0,
        }),
      ),
    );
    const error: unknown = await loadSettings(db).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StartupError' });
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain('taker_fee_bps=-1');
    expect(message).toContain('max_decisions=many');
    expect(message).not.toContain('min_size_usd');
  });
});
