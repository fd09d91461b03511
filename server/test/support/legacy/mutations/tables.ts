import { LEGACY_TABLES } from '../old-tables.ts';
import { sql } from './damage.ts';
import {
  imported,
  importedOfBoth,
  quarantined,
  quarantinedOfBoth,
  refused,
  type LegacyMutation,
} from './mutation.ts';

const table = (name: string) => sql(`DROP TABLE ${name}`);
const column = (of: string, name: string) => sql(`ALTER TABLE ${of} DROP COLUMN ${name}`);
/** Changes the first row of a table. */
const first = (of: string, change: string, ...values: unknown[]) =>
  sql(`UPDATE ${of} SET ${change} WHERE rowid = (SELECT min(rowid) FROM ${of})`, ...values);

/** Bots without their owners or providers arrive with stand-ins, and what they name is set aside. */
const IF_MISSING: Readonly<Record<string, typeof imported>> = {
  users: quarantined,
  llm_providers: quarantined,
  arena_state: refused,
};

/** Tables and columns that an older or a newer version of the old server lacks or has besides. */
export const SCHEMA_MUTATIONS: readonly LegacyMutation[] = [
  ...Object.keys(LEGACY_TABLES).map((name) =>
    (IF_MISSING[name] ?? imported)(`no table ${name}`, table(name)),
  ),
  imported(
    'only users, providers and arena_state',
    ...[
      'wallets',
      'bots',
      'system_settings',
      'trades',
      'positions',
      'bot_decisions',
      'bot_state_snapshots',
      'leaderboard',
      'audit_log',
    ].map(table),
  ),
  imported('users without recovery_phrase_hash', column('users', 'recovery_phrase_hash')),
  imported('users without role', column('users', 'role')),
  imported('users without password_hash', column('users', 'password_hash')),
  imported('users without created_at', column('users', 'created_at')),
  imported('bots without trading_symbols', column('bots', 'trading_symbols')),
  imported('bots without provider_id', column('bots', 'provider_id')),
  imported('snapshots without user_id', column('bot_state_snapshots', 'user_id')),
  quarantined('snapshots without total_value', column('bot_state_snapshots', 'total_value')),
  quarantined('snapshots without timestamp', column('bot_state_snapshots', 'timestamp')),
  imported('wallets without api_secret_encrypted', column('wallets', 'api_secret_encrypted')),
  importedOfBoth('trades without fee', column('trades', 'fee')),
  importedOfBoth(
    'positions without closed_at',
    sql("DELETE FROM positions WHERE status = 'closed'"),
    column('positions', 'closed_at'),
  ),
  imported(
    'an unknown column with values',
    sql('ALTER TABLE users ADD COLUMN nickname TEXT'),
    sql("UPDATE users SET nickname = 'Nn'"),
  ),
  imported(
    'an unknown table with rows',
    sql('CREATE TABLE price_alerts (id INTEGER PRIMARY KEY, symbol TEXT, above REAL)'),
    sql("INSERT INTO price_alerts (symbol, above) VALUES ('BTCUSDT', 100000), ('ETHUSDT', NULL)"),
  ),
];

/** Rows of users, providers, wallets, snapshots and the blob's row. */
export const ROW_MUTATIONS: readonly LegacyMutation[] = [
  imported('updated_at an SQL date', sql("UPDATE arena_state SET updated_at = '2026-11-01 00:00:00'")),
  imported('updated_at an ISO date', sql("UPDATE arena_state SET updated_at = '2026-11-01T00:00:00.000Z'")),
  quarantined('updated_at nonsense', sql("UPDATE arena_state SET updated_at = 'after lunch'")),
  imported('updated_at null', sql('UPDATE arena_state SET updated_at = NULL')),
  quarantined(
    'two rows of arena_state',
    sql(
      `INSERT INTO arena_state (id, state, updated_at) VALUES (2, '{"bots":[],"marketData":[]}', 1790000000000)`,
    ),
  ),
  imported('arena_state empty', sql('DELETE FROM arena_state')),

  quarantined('a snapshot dated in words', first('bot_state_snapshots', "timestamp = 'half past nine'")),
  quarantined(
    'a snapshot of a day that does not exist',
    first('bot_state_snapshots', "timestamp = '2026-13-45 10:00:00'"),
  ),
  quarantined('a snapshot without a time', first('bot_state_snapshots', 'timestamp = NULL')),
  imported('a snapshot dated in ms', first('bot_state_snapshots', 'timestamp = 1793000000000')),
  imported(
    'a snapshot dated as ISO has it',
    first('bot_state_snapshots', "timestamp = '2026-10-31T10:00:00.250Z'"),
  ),
  quarantined('a snapshot with the text NaN', first('bot_state_snapshots', "total_value = 'NaN'")),
  quarantined('a snapshot with an infinite balance', first('bot_state_snapshots', 'balance = 9e999')),
  quarantined('a snapshot without a value', first('bot_state_snapshots', 'total_value = NULL')),
  quarantined('a snapshot with a win rate in percent', first('bot_state_snapshots', 'win_rate = 62.5')),
  quarantined('a snapshot of an unknown bot', first('bot_state_snapshots', "bot_id = 'bot_of_nobody'")),
  quarantined(
    'two snapshots of a bot at one time',
    sql(`INSERT INTO bot_state_snapshots (bot_id, user_id, balance, unrealized_pnl, realized_pnl, total_value, trade_count, win_rate, timestamp)
      SELECT bot_id, user_id, balance, unrealized_pnl, realized_pnl, total_value + 1, trade_count, win_rate, timestamp
      FROM bot_state_snapshots ORDER BY id LIMIT 1`),
  ),

  quarantined(
    'two users whose names differ by case',
    sql('INSERT INTO users (id, username, role) SELECT ?, upper(username), role FROM users LIMIT 1', 'twin'),
  ),
  imported('a user without a name', first('users', 'username = NULL')),
  quarantined('a user without id', sql("INSERT INTO users (id, username) VALUES (NULL, 'nobody')")),
  imported(
    'recovery_phrase_hash equal to password_hash',
    sql('UPDATE users SET recovery_phrase_hash = password_hash'),
  ),
  quarantined('a user with an unknown role', first('users', "role = 'wizard'")),
  imported('a user with role moderator', first('users', "role = 'moderator'")),
  quarantined(
    'a provider of an unknown user',
    sql(
      "INSERT INTO llm_providers (id, user_id, name, provider_type, model_name) VALUES ('prov_lost', 'nobody', 'Lost', 'openai', 'gpt-4o-mini')",
    ),
  ),
  quarantined('a wallet of an unknown user', first('wallets', "user_id = 'nobody'")),
];

/** Tables already filled: they win over the blob. */
export const HISTORY_MUTATIONS: readonly LegacyMutation[] = [
  importedOfBoth(
    'a trade that the blob lacks',
    sql(
      `INSERT INTO trades SELECT 'order_only_here', user_id, bot_id, NULL, symbol, trade_type, action, entry_price, exit_price, size + 1, leverage, pnl, fee, executed_at FROM trades LIMIT 1`,
    ),
  ),
  importedOfBoth('an order that the trades lack', sql('DELETE FROM trades WHERE rowid = 3')),
  importedOfBoth('a trade that differs from its order', first('trades', 'pnl = pnl - 0.5')),
  importedOfBoth('a log that bot_decisions lacks', sql('DELETE FROM bot_decisions WHERE id = 2')),
  importedOfBoth(
    'an open position that the positions lack',
    sql("DELETE FROM positions WHERE rowid = (SELECT max(rowid) FROM positions WHERE status = 'open')"),
  ),
  importedOfBoth(
    'trades as the audit describes them',
    sql("UPDATE trades SET action = trade_type, trade_type = iif(action = 'OPEN', 'entry', 'exit')"),
  ),
  importedOfBoth('trades dated in ms', sql('UPDATE trades SET executed_at = unixepoch(executed_at) * 1000')),
  importedOfBoth('trades without position ids', sql('UPDATE trades SET position_id = NULL')),
  quarantinedOfBoth('a trade with a negative size', first('trades', 'size = -5')),
  quarantinedOfBoth('a trade of an unknown bot', first('trades', "bot_id = 'bot_of_nobody'")),
  quarantinedOfBoth(
    'a trade that is neither opened nor closed',
    first('trades', "trade_type = 'BUY', action = 'MAYBE'"),
  ),
  quarantinedOfBoth('a trade dated in words', first('trades', "executed_at = 'some time ago'")),
  quarantinedOfBoth('a closed position without an entry price', first('positions', 'entry_price = 0')),
  quarantinedOfBoth('a position of unknown status', first('positions', "status = 'paused'")),
  quarantinedOfBoth('a decision of an unknown bot', first('bot_decisions', "bot_id = 'bot_of_nobody'")),
  quarantinedOfBoth('a decision dated in words', first('bot_decisions', "timestamp = 'whenever'")),
  importedOfBoth('a decision without notes', first('bot_decisions', 'notes_json = NULL')),
];
