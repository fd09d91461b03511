import { z } from 'zod';
import type { BotBook } from '../context.ts';
import type { BookRows } from '../db/queries/books.ts';
import type { AccountUpdate, PositionRow } from '../db/queries/book-writes.ts';
import type { Account, Cause, Position } from '../engine/model.ts';
import { unrealizedMicros } from '../engine/mark.ts';
import { MICROS_PER_USD } from '../engine/money.ts';

const cooldownsSchema = z.record(z.string(), z.number());

const toMicrosExactly = (usd: number) => Math.round(usd * MICROS_PER_USD);

export function bookFromRows({ account, positions }: BookRows): BotBook {
  return {
    botId: account.bot_id,
    userId: account.user_id,
    version: account.version,
    epoch: account.epoch,
    initialBalanceMicros: account.initial_balance_micros,
    account: {
      cashMicros: account.cash_micros,
      positions: positions.map(positionFromRow),
      cooldowns: cooldownsSchema.parse(JSON.parse(account.cooldowns_json)),
      tradeCount: account.trade_count,
      winCount: account.win_count,
      realizedMicros: account.realized_micros,
      feesMicros: account.fees_micros,
      fundingMicros: account.funding_micros,
    },
  };
}

function positionFromRow(row: BookRows['positions'][number]): Position {
  return {
    id: row.id,
    symbol: row.symbol,
    side: row.position_type,
    quantity: row.quantity,
    entryQuantity: row.entry_quantity,
    entryPrice: row.entry_price,
    costMicros: row.cost_micros,
    marginMicros: row.margin_micros,
    initialMarginMicros: toMicrosExactly(row.size),
    leverage: row.leverage,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    liquidationPrice: row.liquidation_price,
    maintenanceRate: row.maintenance_rate,
    openedAt: row.opened_at,
    levelsSetAt: row.levels_set_at,
    feesMicros: row.fees_micros,
    realizedMicros: row.realized_micros,
    fundingMicros: row.funding_micros,
    lastFundingAt: row.last_funding_at,
    insuranceMicros: row.insurance_micros,
  };
}

/** A position as a row; `close` says when and why it was closed. */
export function positionToRow(
  book: BotBook,
  position: Position,
  state: { mark: number | undefined; close: { cause: Cause; at: number } | null },
): PositionRow {
  const unrealized = state.mark === undefined ? 0 : unrealizedMicros(position, state.mark);
  return {
    id: position.id,
    user_id: book.userId,
    bot_id: book.botId,
    epoch: book.epoch,
    symbol: position.symbol,
    position_type: position.side,
    entry_price: position.entryPrice,
    size: position.initialMarginMicros / MICROS_PER_USD,
    leverage: position.leverage,
    quantity: position.quantity,
    entry_quantity: position.entryQuantity,
    cost_micros: position.costMicros,
    margin_micros: position.marginMicros,
    maintenance_rate: position.maintenanceRate,
    stop_loss: position.stopLoss,
    take_profit: position.takeProfit,
    liquidation_price: position.liquidationPrice,
    unrealized_pnl: (state.close ? 0 : unrealized) / MICROS_PER_USD,
    realized_micros: position.realizedMicros,
    fees_micros: position.feesMicros,
    funding_micros: position.fundingMicros,
    insurance_micros: position.insuranceMicros,
    status: state.close ? 'closed' : 'open',
    close_cause: state.close?.cause ?? null,
    opened_at: position.openedAt,
    levels_set_at: position.levelsSetAt,
    closed_at: state.close?.at ?? null,
    last_funding_at: position.lastFundingAt,
  };
}

export function accountToUpdate(book: BotBook, account: Account): AccountUpdate {
  return {
    bot_id: book.botId,
    version: book.version,
    cash_micros: account.cashMicros,
    trade_count: account.tradeCount,
    win_count: account.winCount,
    realized_micros: account.realizedMicros,
    fees_micros: account.feesMicros,
    funding_micros: account.fundingMicros,
    cooldowns_json: JSON.stringify(account.cooldowns),
  };
}
