import type { Insertable } from 'kysely';
import { StaleWriteError } from '../../errors.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { Database } from '../schema/index.ts';

type Row<Table extends keyof Database> = Insertable<Database[Table]>;

export interface AccountUpdate {
  readonly bot_id: string;
  readonly version: number;
  readonly cash_micros: number;
  readonly trade_count: number;
  readonly win_count: number;
  readonly realized_micros: number;
  readonly fees_micros: number;
  readonly funding_micros: number;
  readonly cooldowns_json: string;
}

const accountUpdate = prepared<AccountUpdate>((db, param) =>
  db
    .updateTable('bot_accounts')
    .set((eb) => ({
      version: eb('version', '+', 1),
      ...param.pick(
        'cash_micros',
        'trade_count',
        'win_count',
        'realized_micros',
        'fees_micros',
        'funding_micros',
        'cooldowns_json',
      ),
    }))
    .where('bot_id', '=', param('bot_id'))
    .where('version', '=', param('version')),
);

/** Writes a bot's figures if its book is still at `version`; the group fails with StaleWriteError otherwise. */
export function updateAccount(update: AccountUpdate): Write {
  return write(accountUpdate, update, {
    rows: 1,
    orElse: () => new StaleWriteError(`The book of bot ${update.bot_id}`),
  });
}

const epochBegin = prepared<{ bot_id: string; epoch: number; initial_balance_micros: number }>((db, param) =>
  db
    .updateTable('bot_accounts')
    .set(param.pick('epoch', 'initial_balance_micros'))
    .where('bot_id', '=', param('bot_id'))
    .where((eb) => eb('epoch', '=', eb(eb.val(param('epoch')), '-', 1))),
);
/** Begins a bot's next epoch, with its deposit; belongs to the update of its figures. */
export function beginEpoch(begin: { bot_id: string; epoch: number; initial_balance_micros: number }): Write {
  return write(epochBegin, begin, {
    rows: 1,
    orElse: () => new StaleWriteError(`The epoch of bot ${begin.bot_id}`),
  });
}

/** What every trade has; those of the old server are marked besides. */
export const TRADE_COLUMNS = [
  'id',
  'user_id',
  'bot_id',
  'epoch',
  'position_id',
  'decision_id',
  'decision_index',
  'symbol',
  'trade_type',
  'action',
  'entry_price',
  'exit_price',
  'size',
  'leverage',
  'pnl',
  'fee',
  'quantity',
  'notional',
  'cost',
  'insurance',
  'cause',
  'decision_price',
  'slippage',
  'delay_ms',
  'executed_at',
] as const;

const tradeInsert = prepared<Required<Omit<Row<'trades'>, 'seq' | 'legacy'>>>((db, param) =>
  db.insertInto('trades').values(param.pick(...TRADE_COLUMNS)),
);
export type TradeRow = Required<Omit<Row<'trades'>, 'seq' | 'legacy'>>;
export const insertTrade = (row: TradeRow): Write => write(tradeInsert, row);

export type PositionRow = Required<Omit<Row<'positions'>, 'legacy'>>;

/** What changes in the life of a position; the rest stands from its opening. */
export const POSITION_FIGURES = [
  'entry_price',
  'size',
  'quantity',
  'entry_quantity',
  'cost_micros',
  'margin_micros',
  'stop_loss',
  'take_profit',
  'liquidation_price',
  'unrealized_pnl',
  'realized_micros',
  'fees_micros',
  'funding_micros',
  'insurance_micros',
  'status',
  'close_cause',
  'levels_set_at',
  'closed_at',
  'last_funding_at',
] as const;

const positionInsert = prepared<PositionRow>((db, param) => {
  const origin = param.pick('id', 'user_id', 'bot_id', 'epoch', 'symbol', 'position_type', 'leverage');
  const terms = param.pick('maintenance_rate', 'opened_at');
  return db.insertInto('positions').values({ ...origin, ...terms, ...param.pick(...POSITION_FIGURES) });
});
export const insertPosition = (row: PositionRow): Write => write(positionInsert, row);

const positionUpdate = prepared<PositionRow>((db, param) =>
  db
    .updateTable('positions')
    .set(param.pick(...POSITION_FIGURES))
    .where('id', '=', param('id'))
    .where('status', '=', 'open'),
);
export function updatePosition(row: PositionRow): Write {
  return write(positionUpdate, row, { rows: 1, orElse: () => new StaleWriteError(`Position ${row.id}`) });
}

const ledgerInsert = prepared<Required<Omit<Row<'ledger_entries'>, 'id'>>>((db, param) =>
  db
    .insertInto('ledger_entries')
    .values(
      param.pick(
        'group_id',
        'user_id',
        'bot_id',
        'epoch',
        'account',
        'amount_micros',
        'cause',
        'position_id',
        'trade_id',
        'created_at',
      ),
    ),
);
export type LedgerRow = Required<Omit<Row<'ledger_entries'>, 'id'>>;
export const insertLedgerEntry = (row: LedgerRow): Write => write(ledgerInsert, row);

const riskInsert = prepared<Required<Omit<Row<'risk_events'>, 'id'>>>((db, param) =>
  db
    .insertInto('risk_events')
    .values(param.pick('user_id', 'bot_id', 'position_id', 'kind', 'details_json', 'at')),
);
export const insertRiskEvent = (row: Required<Omit<Row<'risk_events'>, 'id'>>): Write =>
  write(riskInsert, row);

const unrealizedUpdate = prepared<{ id: string; unrealized_pnl: number }>((db, param) =>
  db
    .updateTable('positions')
    .set(param.pick('unrealized_pnl'))
    .where('id', '=', param('id'))
    .where('status', '=', 'open'),
);
export const updateUnrealized = (row: { id: string; unrealized_pnl: number }): Write =>
  write(unrealizedUpdate, row);
