import type { Insertable, Transaction } from 'kysely';
import type { Db } from '../../db/database.ts';
import type { Database } from '../../db/schema/index.ts';
import type { TradesTable } from '../../db/schema/trades.ts';
import type { PositionsTable } from '../../db/schema/positions.ts';

/** A round moment on an hour and a day, epoch ms. */
export const NOON = Date.UTC(2026, 0, 15, 12);
const HOUR_MS = 3_600_000;

type Rows<Table extends keyof Database> = Insertable<Database[Table]>[];

/** Inserts rows as they are, without any rule of the arena. */
export async function insertRows<Table extends keyof Database>(
  db: Db,
  table: Table,
  rows: Rows<Table>,
): Promise<void> {
  await db.transaction(async (trx: Transaction<Database>) => {
    for (let i = 0; i < rows.length; i += 500)
      await trx
        .insertInto(table)
        .values(rows.slice(i, i + 500))
        .execute();
  });
}

export interface UserSpec {
  readonly id: string;
  readonly isHouse?: boolean;
}

export async function insertUser(db: Db, { id, isHouse = false }: UserSpec): Promise<void> {
  await insertRows(db, 'users', [
    {
      id,
      username: id,
      role: 'user',
      is_house: isHouse ? 1 : 0,
      password_hash: null,
      created_at: NOON,
      deleted_at: null,
    },
  ]);
}

export interface BotSpec {
  readonly id: string;
  readonly userId: string;
  /** House strategy. */
  readonly strategy?: string;
  readonly cashUsd?: number;
  readonly epoch?: number;
  readonly pauseReason?: string;
}

/** A bot with its provider and account. */
export async function insertBot(db: Db, bot: BotSpec): Promise<void> {
  const { id, userId, strategy = 'momentum', cashUsd = 10_000, epoch = 1, pauseReason = null } = bot;
  const provider = `provider-${id}`;
  const times = { created_at: NOON, updated_at: NOON };
  await insertRows(db, 'llm_providers', [
    {
      id: provider,
      user_id: userId,
      name: strategy,
      provider_type: 'house',
      api_endpoint: null,
      model_name: strategy,
      api_key_encrypted: null,
      ...times,
    },
  ]);
  await insertRows(db, 'bots', [
    {
      id,
      user_id: userId,
      name: id,
      prompt: `secret prompt of ${id}`,
      provider_id: provider,
      trading_mode: 'paper',
      is_paused: pauseReason === null ? 0 : 1,
      pause_reason: pauseReason,
      history_summary: null,
      trading_symbols: null,
      avatar_image: null,
      deleted_at: null,
      ...times,
    },
  ]);
  await insertRows(db, 'bot_accounts', [
    {
      bot_id: id,
      user_id: userId,
      epoch,
      cash_micros: Math.round(cashUsd * 1e6),
      initial_balance_micros: 10_000_000_000,
      last_turn_at: null,
    },
  ]);
}

export async function deleteBot(db: Db, botId: string): Promise<void> {
  await db.transaction((trx) =>
    trx.updateTable('bots').set({ deleted_at: NOON }).where('id', '=', botId).execute(),
  );
}

type Owned = { readonly id: string; readonly botId: string; readonly userId: string };

export async function insertPosition(
  db: Db,
  { id, botId, userId, ...rest }: Owned & Partial<Insertable<PositionsTable>>,
): Promise<void> {
  const isOpen = rest.status === 'open';
  await insertRows(db, 'positions', [
    {
      id,
      bot_id: botId,
      user_id: userId,
      epoch: 1,
      symbol: 'BTCUSDT',
      position_type: 'LONG',
      entry_price: 50_000,
      size: 500,
      leverage: 10,
      quantity: isOpen ? 0.1 : 0,
      entry_quantity: 0.1,
      cost_micros: isOpen ? 5_000_000_000 : 0,
      margin_micros: isOpen ? 500_000_000 : 0,
      maintenance_rate: 0.005,
      stop_loss: null,
      take_profit: null,
      liquidation_price: null,
      unrealized_pnl: 0,
      status: 'closed',
      close_cause: isOpen ? null : 'decision',
      opened_at: NOON,
      levels_set_at: NOON,
      closed_at: isOpen ? null : (rest.opened_at ?? NOON),
      last_funding_at: null,
      ...rest,
    },
  ]);
}

export function tradeRow({
  id,
  botId,
  userId,
  ...rest
}: Owned & Partial<Insertable<TradesTable>>): Insertable<TradesTable> {
  return {
    id,
    bot_id: botId,
    user_id: userId,
    epoch: 1,
    position_id: null,
    decision_id: null,
    decision_index: null,
    symbol: 'BTCUSDT',
    trade_type: 'entry',
    action: 'LONG',
    entry_price: 50_000,
    exit_price: null,
    size: 500,
    leverage: 10,
    pnl: -2.5,
    fee: 2.5,
    quantity: 0.1,
    notional: 5000,
    cost: 5000,
    insurance: 0,
    cause: 'manual',
    decision_price: 50_000,
    slippage: 0,
    delay_ms: null,
    executed_at: NOON,
    ...rest,
  };
}

export const DECISION = {
  action: 'LONG',
  symbol: 'BTCUSDT',
  size: 500,
  leverage: 10,
  reasoning: 'private reasoning',
} as const;
export const OUTCOME = {
  code: 'opened',
  accepted: true,
  message: 'private outcome',
  notes: ['private note'],
  positionId: null,
} as const;

/** An applied turn with its decision. */
export async function insertDecision(
  db: Db,
  turn: Owned & { turnNo: number; at: number; versionId?: string },
): Promise<void> {
  const { id, botId, userId, turnNo, at, versionId = null } = turn;
  const own = {
    bot_id: botId,
    user_id: userId,
    epoch: 1,
    raw_answer: 'private answer',
    version_id: versionId,
  };
  await insertRows(db, 'bot_turns', [
    {
      id: `turn-${id}`,
      ...own,
      turn_no: turnNo,
      cause: 'timer',
      status: 'applied',
      due_at: at,
      prompt: 'p',
      prompt_hash: 'h',
      decision_prices_json: null,
      model: 'm',
      tokens_in: 1,
      tokens_out: 2,
      cost_micros: 3,
      latency_ms: 4,
      reason: null,
      claimed_at: at,
      answered_at: at,
      ended_at: at,
    },
  ]);
  await insertRows(db, 'bot_decisions', [
    {
      id,
      ...own,
      turn_id: `turn-${id}`,
      prompt_sent: 'private prompt',
      decisions_json: JSON.stringify([DECISION]),
      notes_json: JSON.stringify([OUTCOME]),
      execution_success: 1,
      model: 'm',
      tokens_in: 1,
      tokens_out: 2,
      cost_micros: 3,
      latency_ms: 4,
      timestamp: at,
    },
  ]);
}

export interface SnapshotSpec {
  readonly botId: string;
  readonly userId: string;
  readonly epoch?: number;
  readonly at: number;
  readonly value: number;
}

/** Snapshots with their price sets and hourly rollup, as the job writes them; given in time order. */
export async function insertSnapshots(db: Db, snapshots: readonly SnapshotSpec[]): Promise<void> {
  const times = [...new Set(snapshots.map(({ at }) => at))];
  await insertRows(
    db,
    'price_sets',
    times.map((at) => ({ bucket_at: at, at, prices_json: '{}', ledger_seq: 0, trade_seq: 0 })),
  );
  await insertRows(
    db,
    'bot_state_snapshots',
    snapshots.map(({ botId, userId, epoch = 1, at, value }) => ({
      user_id: userId,
      bot_id: botId,
      epoch,
      price_set_id: null,
      balance: value,
      margin: 0,
      unrealized_pnl: 0,
      realized_pnl: 0,
      total_value: value,
      trade_count: 0,
      win_rate: 0,
      timestamp: at,
    })),
  );
  const hours = Map.groupBy(
    snapshots,
    ({ botId, epoch = 1, at }) => `${botId} ${epoch} ${Math.floor(at / HOUR_MS)}`,
  );
  await insertRows(db, 'bot_equity_hours', [...hours.values()].flatMap(hourRow));
}

function hourRow(hour: readonly SnapshotSpec[]): Rows<'bot_equity_hours'> {
  const [first, last] = [hour[0], hour.at(-1)];
  if (!first || !last) return [];
  const values = hour.map(({ value }) => value);
  return [
    {
      bot_id: first.botId,
      hour_at: Math.floor(first.at / HOUR_MS) * HOUR_MS,
      epoch: first.epoch ?? 1,
      n: hour.length,
      sum_value: values.reduce((a, b) => a + b, 0),
      first_value: first.value,
      last_value: last.value,
      min_value: Math.min(...values),
      max_value: Math.max(...values),
      max_drawdown: 0,
      first_at: first.at,
      last_at: last.at,
      trade_count: 0,
      win_count: 0,
      realized_pnl: 0,
    },
  ];
}
