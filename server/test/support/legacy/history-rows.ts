import { unrealizedOf, type Deal } from './book.ts';
import type { LegacyMarket } from './market.ts';
import type { MadeBot } from './made-bot.ts';
import { sqlTime } from './old-tables.ts';
import type { LegacyRow } from './write-legacy-database.ts';

/** The rows of the old server's last version, which writes tables beside the blob: the same records, the same ids. */
export interface HistoryRows {
  readonly trades: readonly LegacyRow[];
  readonly positions: readonly LegacyRow[];
  readonly bot_decisions: readonly LegacyRow[];
}

export function historyRows(bots: readonly MadeBot[], market: LegacyMarket, now: number): HistoryRows {
  return {
    trades: bots.flatMap(tradeRows),
    positions: bots.flatMap((bot) => bot.book.deals.map((deal) => positionRow(bot, deal, { market, now }))),
    bot_decisions: bots.flatMap(decisionRows),
  };
}

function tradeRows({ state, book }: MadeBot): LegacyRow[] {
  return book.deals.flatMap((deal) => {
    const shared = {
      user_id: state.userId,
      bot_id: state.id,
      position_id: deal.positionId,
      symbol: deal.symbol,
      trade_type: deal.side,
      size: deal.size,
      leverage: deal.leverage,
      entry_price: deal.entryPrice,
    };
    const entry = { ...shared, id: deal.entryOrderId, action: 'OPEN', exit_price: null };
    const opened = { ...entry, pnl: -deal.entryFee, fee: deal.entryFee, executed_at: sqlTime(deal.openedAt) };
    if (!deal.exit) return [opened];
    const { orderId: id, price: exit_price, pnl, fee, at } = deal.exit;
    return [opened, { ...shared, id, action: 'CLOSE', exit_price, pnl, fee, executed_at: sqlTime(at) }];
  });
}

function positionRow(
  { state }: MadeBot,
  deal: Deal,
  { market, now }: { readonly market: LegacyMarket; readonly now: number },
): LegacyRow {
  const pnl = deal.exit ? 0 : unrealizedOf(deal, market.priceAt(deal.symbol, now));
  return {
    id: deal.positionId,
    user_id: state.userId,
    bot_id: state.id,
    symbol: deal.symbol,
    position_type: deal.side,
    entry_price: deal.entryPrice,
    size: deal.size,
    leverage: deal.leverage,
    stop_loss: deal.stopLoss,
    take_profit: deal.takeProfit,
    liquidation_price: deal.liquidationPrice,
    unrealized_pnl: pnl,
    status: deal.exit ? 'closed' : 'open',
    opened_at: sqlTime(deal.openedAt),
    closed_at: deal.exit && sqlTime(deal.exit.at),
  };
}

function decisionRows({ state }: MadeBot): LegacyRow[] {
  return state.botLogs.toReversed().map(({ timestamp, prompt, decisions, notes }) => ({
    user_id: state.userId,
    bot_id: state.id,
    prompt_sent: prompt,
    decisions_json: JSON.stringify(decisions),
    notes_json: JSON.stringify(notes),
    execution_success: notes.some((note) => note.startsWith('API ERROR')) ? 0 : 1,
    timestamp: sqlTime(timestamp),
  }));
}
