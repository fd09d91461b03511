import type { BotBook } from '../context.ts';
import {
  insertLedgerEntry,
  insertPosition,
  insertRiskEvent,
  insertTrade,
  updatePosition,
  type TradeRow,
} from '../db/queries/book-writes.ts';
import type { Write } from '../db/prepared.ts';
import type { Cause, EngineEvent, Fill, Position, Posting } from '../engine/model.ts';
import { MICROS_PER_USD } from '../engine/money.ts';
import { positionToRow } from './book-rows.ts';

export interface RowContext {
  readonly newId: () => string;
  readonly markOf: (symbol: string) => number | undefined;
  /** The decision behind the events, when there is one. */
  readonly decision: { readonly id: string; readonly index: number; readonly delayMs: number } | null;
}

/** The rows an engine event becomes: position first, then trade, then its ledger group. */
export function eventToWrites(
  book: BotBook,
  event: EngineEvent,
  context: RowContext,
): { writes: readonly Write[]; trade: TradeRow | null } {
  const savePosition = (position: Position, close: { cause: Cause; at: number } | null) =>
    updatePosition(positionToRow(book, position, { mark: context.markOf(position.symbol), close }));
  switch (event.type) {
    case 'adjusted':
      return { writes: [savePosition(event.position, null)], trade: null };
    case 'funding': {
      const ledger = {
        cause: 'funding' as const,
        positionId: event.position.id,
        tradeId: null,
        at: event.at,
      };
      return {
        writes: [
          savePosition(event.position, null),
          ...ledgerWrites(book, event.postings, { ...ledger, groupId: context.newId() }),
        ],
        trade: null,
      };
    }
    case 'opened':
    case 'increased':
    case 'reduced':
    case 'closed': {
      const { fill, position } = event;
      const close = event.type === 'closed' ? { cause: fill.cause, at: fill.at } : null;
      const row = positionToRow(book, position, { mark: context.markOf(position.symbol), close });
      const trade = tradeRow(book, { fill, position }, context);
      return {
        writes: [
          event.type === 'opened' ? insertPosition(row) : updatePosition(row),
          insertTrade(trade),
          ...ledgerWrites(book, event.postings, {
            groupId: trade.id,
            cause: fill.cause,
            positionId: position.id,
            tradeId: trade.id,
            at: fill.at,
          }),
          ...riskWrites(book, fill),
        ],
        trade,
      };
    }
    default:
      return event satisfies never;
  }
}

export function ledgerWrites(
  book: Pick<BotBook, 'userId' | 'botId' | 'epoch'>,
  postings: readonly Posting[],
  group: { groupId: string; cause: Cause; positionId: string | null; tradeId: string | null; at: number },
): Write[] {
  return postings.map(({ account, amountMicros }) =>
    insertLedgerEntry({
      group_id: group.groupId,
      user_id: book.userId,
      bot_id: book.botId,
      epoch: book.epoch,
      account,
      amount_micros: amountMicros,
      cause: group.cause,
      position_id: group.positionId,
      trade_id: group.tradeId,
      created_at: group.at,
    }),
  );
}

function tradeRow(
  book: BotBook,
  { fill, position }: { fill: Fill; position: Position },
  { newId, decision }: RowContext,
): TradeRow {
  return {
    id: newId(),
    user_id: book.userId,
    bot_id: book.botId,
    epoch: book.epoch,
    position_id: fill.positionId,
    decision_id: decision?.id ?? null,
    decision_index: decision?.index ?? null,
    symbol: fill.symbol,
    trade_type: fill.kind,
    action: fill.side,
    entry_price: fill.kind === 'entry' ? fill.price : position.entryPrice,
    exit_price: fill.kind === 'exit' ? fill.price : null,
    size: fill.marginMicros / MICROS_PER_USD,
    leverage: fill.leverage,
    pnl: fill.pnlMicros / MICROS_PER_USD,
    fee: fill.feeMicros / MICROS_PER_USD,
    quantity: fill.quantity,
    notional: fill.notionalMicros / MICROS_PER_USD,
    cost: fill.costMicros / MICROS_PER_USD,
    insurance: fill.insuranceMicros / MICROS_PER_USD,
    cause: fill.cause,
    decision_price: fill.decisionPrice,
    slippage: fill.slippage,
    delay_ms: decision?.delayMs ?? null,
    executed_at: fill.at,
  };
}

function riskWrites(book: BotBook, fill: Fill): Write[] {
  const details = {
    symbol: fill.symbol,
    price: fill.price,
    level: fill.decisionPrice,
    insuranceMicros: fill.insuranceMicros,
  };
  const event = {
    user_id: book.userId,
    bot_id: book.botId,
    position_id: fill.positionId,
    details_json: JSON.stringify(details),
    at: fill.at,
  };
  return [
    ...(fill.cause === 'liquidation' ? [insertRiskEvent({ ...event, kind: 'liquidation' })] : []),
    ...(fill.insuranceMicros > 0 ? [insertRiskEvent({ ...event, kind: 'insurance' })] : []),
  ];
}
