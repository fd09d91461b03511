import type { Insertable, Selectable } from 'kysely';
import type { Decided, PositionView, TradeView } from '../contract/http/bots.ts';
import type { BookView } from '../contract/live-events.ts';
import type { PositionsTable } from '../db/schema/positions.ts';
import type { TradesTable } from '../db/schema/trades.ts';
import { lockedMarginMicros, sign, unrealizedMicros } from '../engine/mark.ts';
import type { Account, Outcome, Position } from '../engine/model.ts';
import { MICROS_PER_USD, notionalMicros } from '../engine/money.ts';
import type { Sight } from './projection.ts';

/** Micros as the dollars the API speaks. */
export function usd(micros: number): number {
  return micros / MICROS_PER_USD;
}

/** null without trades. */
export function winRate(tradeCount: number, winCount: number): number | null {
  return tradeCount === 0 ? null : winCount / tradeCount;
}

/** An open position as the engine holds it. @param mark the last price; null = none known. */
export function positionView(botId: string, position: Position, mark: number | null): PositionView {
  return {
    id: position.id,
    botId,
    symbol: position.symbol,
    side: position.side,
    status: 'open',
    quantity: position.quantity,
    entryQuantity: position.entryQuantity,
    entryPrice: usd(position.costMicros / position.quantity),
    markPrice: mark,
    size: usd(position.initialMarginMicros),
    margin: usd(position.marginMicros),
    leverage: position.leverage,
    stopLoss: position.stopLoss,
    takeProfit: position.takeProfit,
    liquidationPrice: position.liquidationPrice,
    unrealizedPnl: mark === null ? 0 : usd(unrealizedMicros(position, mark)),
    netPnl: netPnl(position.realizedMicros, position.fundingMicros, position.feesMicros),
    fees: usd(position.feesMicros),
    funding: usd(position.fundingMicros),
    closeCause: null,
    openedAt: position.openedAt,
    closedAt: null,
  };
}

/** A position as stored, open or closed. Without a mark an open one shows what the last snapshot saw. */
export function positionRowView(row: Selectable<PositionsTable>, mark: number | null): PositionView {
  const isOpen = row.status === 'open';
  return {
    id: row.id,
    botId: row.bot_id,
    symbol: row.symbol,
    side: row.position_type,
    status: row.status,
    quantity: row.quantity,
    entryQuantity: row.entry_quantity,
    entryPrice: row.entry_price,
    markPrice: isOpen ? mark : null,
    size: row.size,
    margin: usd(row.margin_micros),
    leverage: row.leverage,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    liquidationPrice: row.liquidation_price,
    unrealizedPnl: unrealizedOfRow(row, mark),
    netPnl: netPnl(row.realized_micros, row.funding_micros, row.fees_micros),
    fees: usd(row.fees_micros),
    funding: usd(row.funding_micros),
    closeCause: row.close_cause,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  };
}

function unrealizedOfRow(row: Selectable<PositionsTable>, mark: number | null): number {
  if (row.status === 'closed') return 0;
  if (mark === null) return row.unrealized_pnl;
  const gross = notionalMicros(row.quantity, mark) - row.cost_micros;
  return usd(sign(row.position_type) * gross);
}

function netPnl(realizedMicros: number, fundingMicros: number, feesMicros: number): number {
  return usd(realizedMicros + fundingMicros - feesMicros);
}

/** A stored trade, or one about to be. */
export function tradeView(row: Selectable<TradesTable> | Insertable<TradesTable>): TradeView {
  const entryPrice = row.entry_price ?? null;
  const exitPrice = row.exit_price ?? null;
  return {
    id: row.id,
    botId: row.bot_id,
    positionId: row.position_id ?? null,
    decisionId: row.decision_id ?? null,
    symbol: row.symbol,
    tradeType: row.trade_type,
    side: row.action,
    price: row.trade_type === 'entry' ? entryPrice : exitPrice,
    entryPrice,
    exitPrice,
    quantity: row.quantity,
    size: row.size,
    notional: row.notional,
    leverage: row.leverage,
    pnl: row.pnl,
    fee: row.fee,
    cause: row.cause,
    decisionPrice: row.decision_price ?? null,
    slippage: row.slippage,
    delayMs: row.delay_ms ?? null,
    executedAt: row.executed_at,
  };
}

/** A bot's book with its open positions at the last marks. */
export function bookView(
  botId: string,
  account: Account,
  marks: (symbol: string) => number | null,
): BookView {
  return {
    cash: usd(account.cashMicros),
    margin: usd(lockedMarginMicros(account)),
    realizedPnl: usd(account.realizedMicros),
    fees: usd(account.feesMicros),
    funding: usd(account.fundingMicros),
    tradeCount: account.tradeCount,
    winRate: winRate(account.tradeCount, account.winCount),
    positions: account.positions.map((position) => positionView(botId, position, marks(position.symbol))),
  };
}

/**
 * One decision as a reader may see it. What a model wrote is untrusted: only known actions, symbol-shaped symbols and
 * numbers pass, so that no private text slips out through a field that is public.
 */
export function decidedView(decision: unknown, outcome: Outcome | null, sight: Sight): Decided {
  const fields: Readonly<Record<string, unknown>> =
    typeof decision === 'object' && decision !== null && sight.positions ? { ...decision } : {};
  const reasons: Readonly<Record<string, unknown>> =
    typeof decision === 'object' && decision !== null && sight.reasoning ? { ...decision } : {};
  return {
    action: sight.positions ? actionOf(fields.action) : 'PRIVATE',
    symbol:
      typeof fields.symbol === 'string' && /^[A-Z0-9]{2,30}$/.test(fields.symbol) ? fields.symbol : null,
    size: finite(fields.size),
    leverage: finite(fields.leverage),
    stopLoss: finite(fields.stopLoss),
    takeProfit: finite(fields.takeProfit),
    closeFraction: finite(fields.closeFraction),
    confidence: finite(fields.confidence),
    reasoning: typeof reasons.reasoning === 'string' ? reasons.reasoning.slice(0, REASONING_LENGTH) : null,
    // It names what was filled, at which price.
    outcome: sight.reasoning && sight.positions && outcome ? { ...outcome, notes: [...outcome.notes] } : null,
  };
}

function actionOf(action: unknown): string {
  return typeof action === 'string' && ACTIONS.has(action) ? action : 'INVALID';
}

const ACTIONS: ReadonlySet<string> = new Set(['LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD']);
const REASONING_LENGTH = 2000;

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
