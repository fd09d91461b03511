import { createCipheriv } from 'node:crypto';
import { pick, type BookValues } from './book.ts';
import { sqlTime } from './old-tables.ts';
import type { Random } from '../../../llm/providers/house/seeded-random.ts';
import type { LegacyRow } from './write-legacy-database.ts';

const DAY = 86_400_000;

/** bcrypt, cost 10. The passwords are `lanternfish` and `cobalt-heron`; the phrase is `moss on the north wall`. */
const PASSWORD_HASHES = [
  '$2b$10$K7pQ2wXcVb9nRt4yLm0sZuaaKw5N8ATDoVHBloN2ypQtpjHXrT2Me',
  '$2b$10$Jd3fGh6jKl8qWe1rTy5uIOYxiscbRh4/IYwnCPIiFqw87b2Tk6hDm',
] as const;
const PHRASE_HASH = '$2b$10$Az0sXe2dCr4fVt6gBy8hNuDQx7ODIydTm1I0lvqjY7MKKjymIiX2a';

export interface LegacyUser {
  readonly id: string;
  readonly username: string;
  readonly provider: { readonly id: string; readonly type: string; readonly name: string };
}

const NAMES = ['nora', 'Idris', 'wren', 'Okonkwo'];
const VENDORS = [
  {
    type: 'gemini',
    name: 'Gemini',
    endpoint: 'https://generativelanguage.googleapis.com/v1beta',
    model: 'gemini-2.5-flash',
  },
  { type: 'openai', name: 'OpenAI', endpoint: 'https://api.openai.com/v1', model: 'gpt-4o-mini' },
] as const;

export function makeUsers(random: Random, count: number): LegacyUser[] {
  return Array.from({ length: count }, (_, i) => {
    const username = NAMES[i] ?? `trader${i + 1}`;
    const vendor = VENDORS[i % VENDORS.length] ?? VENDORS[0];
    const provider = {
      id: `prov_${hex(random, 8)}`,
      type: vendor.type,
      name: `${vendor.name} of ${username}`,
    };
    return { id: hex(random, 16), username, provider };
  });
}

/** The first is an admin. Every second user's recovery phrase hash is a copy of the password's. */
export function userRows(users: readonly LegacyUser[], now: number): LegacyRow[] {
  return users.map(({ id, username }, i) => {
    const password_hash = PASSWORD_HASHES[i % 2] ?? PASSWORD_HASHES[0];
    return {
      id,
      username,
      password_hash,
      recovery_phrase_hash: i % 2 === 0 ? PHRASE_HASH : password_hash,
      role: i === 0 ? 'admin' : 'user',
      created_at: sqlTime(now - (70 - i) * DAY),
    };
  });
}

/** Seals a text under the id and column it stands in. */
export type Seal = (id: string, column: string) => string;

export function providerRows(users: readonly LegacyUser[], seal: Seal, now: number): LegacyRow[] {
  return users.map(({ id: user_id, provider: { id, type, name } }, i) => {
    const vendor = VENDORS.find((vendor) => vendor.type === type) ?? VENDORS[0];
    return {
      id,
      user_id,
      name,
      provider_type: type,
      api_endpoint: vendor.endpoint,
      model_name: vendor.model,
      api_key_encrypted: seal(id, 'api_key_encrypted'),
      is_active: 1,
      created_at: sqlTime(now - (69 - i) * DAY),
    };
  });
}

export function walletRows(users: readonly LegacyUser[], seal: Seal, now: number): LegacyRow[] {
  return users.slice(0, 2).map(({ id: user_id, username }, i) => {
    const [id, exchange] = [`wallet_${i + 1}`, i === 0 ? 'binance' : 'aster'];
    return {
      id,
      user_id,
      name: `${username} at ${exchange}`,
      exchange,
      api_key_encrypted: seal(id, 'api_key_encrypted'),
      api_secret_encrypted: seal(id, 'api_secret_encrypted'),
      created_at: sqlTime(now - (50 - i) * DAY),
    };
  });
}

/** What is sealed where: recognisable when it is opened again. */
export function legacySecretOf(id: string, column: string): string {
  return `${column}-of-${id}`;
}

/** `iv:tag:data` in hex, AES-256-GCM under `key` (32 bytes); without a key nothing is in it to be opened. */
export function sealWith(random: Random, key: Buffer | undefined): Seal {
  return (id, column) => {
    const iv = hex(random, 16);
    if (!key) return `${iv}:${hex(random, 16)}:${hex(random, 39)}`;
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(iv, 'hex'));
    const data = Buffer.concat([cipher.update(legacySecretOf(id, column), 'utf8'), cipher.final()]);
    return `${iv}:${cipher.getAuthTag().toString('hex')}:${data.toString('hex')}`;
  };
}

const SETTINGS = [
  ['turn_interval_ms', '200000', 'number', 'Time between two turns of a bot'],
  ['refresh_interval_ms', '5000', 'number', 'Time between two looks at the market'],
  ['minimum_trade_size_usd', '50', 'number', 'Smallest margin of a position'],
  ['fee_rate', '0.03', 'number', 'Fee as a fraction of margin'],
  ['symbol_cooldown_ms', '1800000', 'number', 'Pause of a symbol after its position closes'],
  ['max_bots_per_user', '5', 'number', null],
  ['registration_enabled', 'true', 'boolean', 'Whether strangers may register'],
  ['arena_title', 'The Old Arena', 'string', 'Shown above the boards'],
  ['log_retention', '{"botLogs":50,"orders":1000}', 'json', 'How much of each the state keeps'],
] as const;

export function settingRows(now: number): LegacyRow[] {
  return SETTINGS.map(([key, value, data_type, description], i) => ({
    key,
    value,
    data_type,
    description,
    updated_at: sqlTime(now - (60 - i) * DAY),
  }));
}

const ACTIONS = ['login', 'bot.create', 'bot.pause', 'bot.resume', 'provider.update', 'settings.update'];

export function auditRows(random: Random, users: readonly LegacyUser[], now: number): LegacyRow[] {
  return Array.from({ length: 24 }, (_, i) => {
    const action = pick(random, ACTIONS);
    const details = JSON.stringify({
      ip: `192.0.2.${1 + Math.floor(random() * 250)}`,
      target: action.split('.')[0],
    });
    const created_at = sqlTime(now - Math.round((24 - i + 0.5 * random()) * DAY));
    // Some entries are the server's own.
    return { user_id: i % 7 === 6 ? null : pick(random, users).id, action, details, created_at };
  });
}

export interface Ranked {
  readonly botId: string;
  readonly userId: string;
  readonly initialBalance: number;
  readonly values: BookValues;
}

export function leaderboardRows(bots: readonly Ranked[], now: number): LegacyRow[] {
  const ranked = bots.toSorted((a, b) => b.values.totalValue - a.values.totalValue);
  return ['all', '7d'].flatMap((period) =>
    ranked.map(({ botId: bot_id, userId: user_id, initialBalance, values }, i) => ({
      bot_id,
      user_id,
      period,
      rank: i + 1,
      total_value: values.totalValue,
      realized_pnl: values.realizedPnl,
      roi: (values.totalValue / initialBalance - 1) * 100,
      win_rate: values.winRate,
      trade_count: values.tradeCount,
      max_drawdown: null,
      calculated_at: sqlTime(now - 240_000),
    })),
  );
}

export function hex(random: Random, bytes: number): string {
  const digits = Array.from({ length: bytes * 2 }, () => Math.floor(random() * 16).toString(16));
  return digits.join('');
}
