import type { Invariant } from '../../db/check/index.ts';
import { minute } from './sample-writer.ts';

/** A fault in the rows of the sample database, and exactly what must notice it. */
export interface Mutation {
  readonly name: string;
  readonly sql: string;
  readonly finds: readonly Invariant[];
}

export const LEDGER_COLUMNS =
  'group_id, user_id, bot_id, epoch, account, amount_micros, cause, position_id, trade_id, created_at';
const fromLedger = (groupId: string, changes: { account: string; amount: number; id?: string }) =>
  `insert into ledger_entries (${LEDGER_COLUMNS})
   select '${changes.id ?? 'made-up'}', user_id, bot_id, 1, '${changes.account}', ${changes.amount}, cause, position_id, null,
   (select max(created_at) from ledger_entries) from ledger_entries where group_id = '${groupId}' limit 1`;

export const MUTATIONS: readonly Mutation[] = [
  { name: 'a lone posting', sql: fromLedger('a0', { account: 'market', amount: 1 }), finds: ['I0'] },
  {
    name: 'stored cash one micro off',
    sql: `update bot_accounts set cash_micros = cash_micros + 1 where bot_id = 'alice'`,
    finds: ['I1'],
  },
  {
    name: 'cash that is negative for a while',
    sql: `${fromLedger('a0', { account: 'cash', amount: -9_000_000_000, id: 'out' })};
          ${fromLedger('a0', { account: 'market', amount: 9_000_000_000, id: 'out' })};
          ${fromLedger('a0', { account: 'cash', amount: 9_000_000_000, id: 'back' })};
          ${fromLedger('a0', { account: 'market', amount: -9_000_000_000, id: 'back' })}`,
    finds: ['I1'],
  },
  {
    name: 'stored margin one micro off',
    sql: `update positions set margin_micros = margin_micros + 1 where id = 'a-short'`,
    finds: ['I2'],
  },
  {
    name: 'margin posted without a position',
    sql: `${fromLedger('a0', { account: 'margin', amount: 5 })}; ${fromLedger('a0', { account: 'margin', amount: -5 })}`,
    finds: ['I2'],
  },
  {
    name: 'a snapshot one micro off',
    sql: `update bot_state_snapshots set total_value = 10047.016501 where id = 3`,
    finds: ['I3'],
  },
  {
    name: 'a mark changed afterwards',
    sql: `update price_sets set prices_json = '{"BTCUSDT":50500.1}' where id = 1`,
    finds: ['I3'],
  },
  {
    name: 'a mark left out',
    sql: `update price_sets set prices_json = '{"ETHUSDT":2480}' where id = 1`,
    finds: ['I3'],
  },
  {
    name: 'an open quantity one step off',
    sql: `update positions set quantity = 2.001 where id = 'a-short'`,
    finds: ['I4'],
  },
  {
    name: 'a position without trades',
    sql: `insert into positions (id, user_id, bot_id, epoch, symbol, position_type, entry_price, size, leverage, quantity,
          entry_quantity, cost_micros, margin_micros, maintenance_rate, unrealized_pnl, status, opened_at, levels_set_at,
          closed_at) values ('ghost', 'u1', 'alice', 1, 'BTCUSDT', 'LONG', 1, 0, 1, 0, 1, 0, 0, 0.005, 0, 'closed', 1, 1, 1)`,
    finds: ['I4'],
  },
  {
    name: 'a price that does not make the notional',
    sql: `update trades set exit_price = 50401 where id = 'a2'`,
    finds: ['I4'],
  },
  {
    name: 'insurance where the margin could pay',
    sql: `update trades set exit_price = 500, notional = 1000, insurance = 20 where id = 'm1';
          update ledger_entries set account = 'insurance' where group_id = 'm1' and account = 'market'`,
    finds: ['I5'],
  },
  {
    name: 'a margin that is negative for a while',
    sql: `${fromLedger('a4', { account: 'margin', amount: -1_000_000_001, id: 'out' })};
          ${fromLedger('a4', { account: 'funding', amount: 1_000_000_001, id: 'out' })};
          ${fromLedger('a4', { account: 'margin', amount: 1_000_000_001, id: 'back' })};
          ${fromLedger('a4', { account: 'funding', amount: -1_000_000_001, id: 'back' })}`,
    finds: ['I5'],
  },
  {
    name: 'a closing time that is not the closing exit',
    sql: `update positions set closed_at = closed_at + 1 where id = 'a-long'`,
    finds: ['I6'],
  },
  {
    name: 'a position opened again after its close',
    sql: `update trades set position_id = 'b-long', leverage = 20, size = 45, action = 'LONG' where id = 'b3'`,
    finds: ['I3', 'I4', 'I6', 'I7'],
  },
  {
    name: "a trade's pnl one micro off",
    sql: `update trades set pnl = -62.070001 where id = 'a3'`,
    finds: ['I7', 'I8'],
  },
  {
    name: 'a trade without postings',
    sql: `update ledger_entries set trade_id = null where group_id = 'a3'`,
    finds: ['I7'],
  },
  {
    name: 'an initial balance nobody deposited',
    sql: `update bot_accounts set initial_balance_micros = 1 where bot_id = 'bob'`,
    finds: ['I7'],
  },
  {
    name: 'a win too many',
    sql: `update bot_accounts set win_count = 1 where bot_id = 'alice'`,
    finds: ['I8'],
  },
  {
    name: 'a trade too many',
    sql: `update bot_accounts set trade_count = 2 where bot_id = 'alice'`,
    finds: ['I8'],
  },
  {
    name: 'fees one micro off',
    sql: `update bot_accounts set fees_micros = fees_micros - 1 where bot_id = 'alice'`,
    finds: ['I8'],
  },
  {
    name: 'realised result one micro off',
    sql: `update positions set realized_micros = realized_micros + 1 where id = 'a-long'`,
    finds: ['I8'],
  },
  { name: 'a trigger dropped', sql: `drop trigger ledger_entries_no_update`, finds: ['I9'] },
  {
    name: 'a reset that leaves a micro behind',
    sql: `update ledger_entries set amount_micros = amount_micros + iif(account = 'cash', 1, -1) where group_id = 'b-reset'`,
    finds: ['I9'],
  },
  {
    name: 'a decision of another epoch',
    sql: `update bot_decisions set epoch = 2 where id = 'decision-alice-1';
          update bot_turns set epoch = 2 where id = 'turn-alice-1'`,
    finds: ['I9'],
  },
  {
    name: 'epochs that overlap',
    sql: `update ledger_entries set epoch = 2 where group_id = 'a0'; update bot_accounts set epoch = 2 where bot_id = 'alice'`,
    finds: ['I1', 'I3', 'I8', 'I9'],
  },
  {
    name: 'price sets out of order',
    sql: `update price_sets set bucket_at = bucket_at + 10000000 where id = 1; update bot_state_snapshots set timestamp = ${minute(12)} where id = 2`,
    finds: ['I10'],
  },
  {
    name: 'a snapshot at another time than its prices',
    sql: `update bot_state_snapshots set timestamp = timestamp + 1 where id = 5`,
    finds: ['I10'],
  },
  {
    name: 'a fill with two causes',
    sql: `update trades set decision_id = 'decision-alice-3' where id = 'a3'`,
    finds: ['I11'],
  },
  {
    name: 'a fill nobody caused',
    sql: `update trades set cause = 'funding' where id = 'a3'`,
    finds: ['I7', 'I11', 'I6'],
  },
  {
    name: 'a decision without a turn',
    sql: `update bot_decisions set turn_id = null where id = 'decision-alice-2'`,
    finds: ['I11'],
  },
  {
    name: 'a turn that was not applied but decided',
    sql: `update bot_turns set status = 'failed' where id = 'turn-alice-2'`,
    finds: ['I11'],
  },
  {
    name: 'an applied turn without its hash',
    sql: `update bot_turns set prompt_hash = null where id = 'turn-alice-2'`,
    finds: ['I11'],
  },
  {
    name: 'one decision, two entries',
    sql: `update trades set decision_id = 'decision-alice-1' where id = 'a4'`,
    finds: ['I12'],
  },
  {
    name: 'a fraction of a micro',
    sql: `update positions set unrealized_pnl = 0.0000001 where id = 'a-short'`,
    finds: ['I16'],
  },
  {
    name: 'an infinite snapshot of the old server',
    sql: `update bot_state_snapshots set realized_pnl = 9e999 where id = 1`,
    finds: ['I16'],
  },
  {
    name: 'leverage out of range',
    sql: `update positions set leverage = 2000 where id = 'a-short'; update trades set leverage = 2000, size = 2.5 where id = 'a4'`,
    finds: ['I2', 'I4', 'I7', 'I17'],
  },
  {
    name: 'a trade of another user',
    sql: `update trades set user_id = 'u2' where id = 'a4'`,
    finds: ['I18'],
  },
  {
    name: "another bot's decision",
    sql: `update trades set decision_id = 'decision-bob-1', decision_index = 7 where id = 'a4'`,
    finds: ['I18'],
  },
  {
    name: 'a turn of another bot',
    sql: `update bot_decisions set turn_id = 'turn-bob-9' where id = 'decision-alice-2';
          update bot_turns set id = 'turn-bob-9', bot_id = 'bob', user_id = 'u2', turn_no = 9 where id = 'turn-alice-2'`,
    finds: ['I18'],
  },
  {
    name: "a bot at another bot's version",
    sql: `update bots set version_id = 'bob:1' where id = 'alice'`,
    finds: ['I18'],
  },
  {
    name: 'a bot at a version that is not there',
    sql: `update bots set version_id = 'alice:2' where id = 'alice'`,
    finds: ['I18'],
  },
  {
    name: "a decision by another bot's version",
    sql: `update bot_decisions set version_id = 'bob:1' where id = 'decision-alice-2'`,
    finds: ['I18'],
  },
  {
    name: 'a turn by a version that is not there',
    sql: `update bot_turns set version_id = 'gone' where id = 'turn-alice-2'`,
    finds: ['I18'],
  },
  {
    name: "a version of another user's",
    sql: `update bot_versions set user_id = 'u2' where id = 'alice:1'`,
    finds: ['I18'],
  },
  {
    name: 'a snapshot of nobody',
    sql: `update bot_state_snapshots set user_id = 'gone' where id = 1`,
    finds: ['I18'],
  },
  {
    name: 'trades that run backwards',
    sql: `update trades set executed_at = ${minute(5)} where id = 'a2'`,
    finds: ['I19'],
  },
  {
    name: 'postings that run backwards',
    sql: `update ledger_entries set created_at = ${minute(5)} where group_id = 'a2'`,
    finds: ['I19'],
  },
  {
    name: 'a position closed before it opened',
    sql: `update positions set opened_at = ${minute(50)} where id = 'm-long'`,
    finds: ['I19'],
  },
  { name: 'an index dropped', sql: `drop index trades_by_symbol`, finds: ['I20'] },
  {
    name: 'an audit row that says something else',
    sql: `update audit_log set details_json = '{"step":9}' where id = 5`,
    finds: ['I21'],
  },
  {
    name: 'an audit row of nobody',
    sql: `update audit_log set actor_id = null where id = 3`,
    finds: ['I21'],
  },
  {
    name: 'an audit row of another time',
    sql: `update audit_log set created_at = created_at + 1 where id = 7`,
    finds: ['I21'],
  },
  { name: 'an audit row gone from the middle', sql: `delete from audit_log where id = 5`, finds: ['I21'] },
  { name: 'the first of the audit chain gone', sql: `delete from audit_log where id = 3`, finds: ['I21'] },
  { name: 'the last audit row gone', sql: `delete from audit_log where id = 7`, finds: ['I21'] },
  { name: 'the audit log emptied', sql: `delete from audit_log`, finds: ['I21'] },
  {
    name: 'two audit rows swapped',
    sql: `update audit_log set id = 100 where id = 4; update audit_log set id = 4 where id = 5;
          update audit_log set id = 5 where id = 100`,
    finds: ['I21'],
  },
  {
    name: 'an audit row without its hash',
    sql: `update audit_log set hash = null where id = 5`,
    finds: ['I21'],
  },
  {
    name: 'the first of the audit chain without its hash',
    sql: `update audit_log set hash = null where id = 3`,
    finds: ['I21'],
  },
  {
    name: 'the last audit row without its hash',
    sql: `update audit_log set hash = null where id = 7`,
    finds: ['I21'],
  },
  {
    name: 'a hash from elsewhere',
    sql: `update audit_log set hash = (select hash from audit_log where id = 4) where id = 6`,
    finds: ['I21'],
  },
  {
    name: 'a row from before the audit chain changed',
    sql: `update audit_log set subject_id = 'carol' where id = 1`,
    finds: ['I21'],
  },
  {
    name: 'a row from before the audit chain gone',
    sql: `delete from audit_log where id = 2`,
    finds: ['I21'],
  },
  {
    name: 'rows from before the audit chain swapped',
    sql: `update audit_log set id = 100 where id = 1; update audit_log set id = 1 where id = 2;
          update audit_log set id = 2 where id = 100`,
    finds: ['I21'],
  },
  {
    name: 'an audit row slipped in at the end',
    sql: `insert into audit_log (action, subject_type, subject_id, details_json, created_at, hash)
          select action, subject_type, subject_id, details_json, created_at, hash from audit_log where id = 7`,
    finds: ['I21'],
  },
  {
    name: 'a data key that only a retired master key opens',
    sql: `update vault_user_keys set key_version = 1 where user_id = 'u1'`,
    finds: ['I22'],
  },
];
