import type { Reader } from '../database.ts';

/** Trades after `after` in the order of writing, with what their position and decision rows say. */
export function listTradeRows(db: Reader, after: number, limit: number) {
  return db
    .selectFrom('trades as t')
    .leftJoin('positions as p', 'p.id', 't.position_id')
    .leftJoin('bot_decisions as d', 'd.id', 't.decision_id')
    .select(['t.seq', 't.id', 't.user_id', 't.bot_id', 't.epoch', 't.position_id', 't.decision_id'])
    .select(['t.symbol', 't.trade_type', 't.action', 't.entry_price', 't.exit_price', 't.size', 't.leverage'])
    .select(['t.pnl', 't.fee', 't.quantity', 't.notional', 't.cost', 't.insurance', 't.cause', 't.slippage'])
    .select(['t.executed_at', 't.legacy', 'd.bot_id as decision_bot_id', 'd.epoch as decision_epoch'])
    .select([
      'p.user_id as p_user_id',
      'p.symbol as p_symbol',
      'p.position_type as p_side',
      'p.epoch as p_epoch',
    ])
    .select(['p.status as p_status', 'p.opened_at as p_opened_at', 'p.closed_at as p_closed_at'])
    .select(['p.leverage as p_leverage', 'p.legacy as p_legacy', 'p.close_cause as p_close_cause'])
    .select([
      'p.entry_quantity as p_entry_quantity',
      'p.size as p_size',
      'p.margin_micros as p_margin_micros',
    ])
    .select(['p.realized_micros as p_realized_micros', 'p.fees_micros as p_fees_micros'])
    .select(['p.funding_micros as p_funding_micros', 'p.insurance_micros as p_insurance_micros'])
    .where('t.seq', '>', after)
    .orderBy('t.seq')
    .limit(limit)
    .execute();
}

export type TradeRow = Awaited<ReturnType<typeof listTradeRows>>[number];

/** The columns a person needs to find the row. */
export function briefTrade(trade: TradeRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(trade).filter(([name]) => !name.startsWith('p_')));
}
