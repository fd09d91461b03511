import { POSITION_FIGURES, TRADE_COLUMNS } from '../db/queries/book-writes.ts';
import { inserter } from './insert.ts';

export const insertBot = inserter('bots', null, [
  'id',
  'user_id',
  'name',
  'prompt',
  'provider_id',
  'trading_mode',
  'is_active',
  'is_paused',
  'pause_reason',
  'history_summary',
  'trading_symbols',
  'avatar_image',
  'created_at',
  'updated_at',
  'deleted_at',
]);

export const insertAccount = inserter('bot_accounts', null, [
  'bot_id',
  'user_id',
  'cash_micros',
  'initial_balance_micros',
  'trade_count',
  'win_count',
  'realized_micros',
  'fees_micros',
  'cooldowns_json',
  'last_turn_at',
]);

const POSITION_COLUMNS = [
  'id',
  'user_id',
  'bot_id',
  'epoch',
  'symbol',
  'position_type',
  'leverage',
  'maintenance_rate',
  'opened_at',
  ...POSITION_FIGURES,
  'legacy',
] as const;
export const insertPosition = inserter('positions', null, POSITION_COLUMNS);
export const insertIfAbsent = inserter('positions', ['id'], POSITION_COLUMNS);

export const insertTrade = inserter('trades', null, [...TRADE_COLUMNS, 'legacy']);
