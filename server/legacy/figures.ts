import type { BulkWriter } from '../db/dialects/bulk-writer.ts';
import { fieldsOf, numberOf, type Fields } from './values.ts';

/** A bot's figures on one side of the move, in USD. */
export interface BotFigures {
  readonly balance: number | null;
  readonly realizedPnl: number | null;
  readonly tradeCount: number | null;
  readonly winRate: number | null;
  readonly openPositions: number;
  readonly totalValue: number | null;
}

/** As the old state says them. */
export function figuresBefore(state: Fields | null): BotFigures {
  const portfolio = fieldsOf(state?.portfolio);
  const positions = portfolio?.positions;
  return {
    balance: numberOf(portfolio?.balance) ?? null,
    realizedPnl: numberOf(state?.realizedPnl) ?? null,
    tradeCount: numberOf(state?.tradeCount) ?? null,
    winRate: numberOf(state?.winRate) ?? null,
    openPositions: Array.isArray(positions) ? positions.length : 0,
    totalValue: numberOf(portfolio?.totalValue) ?? null,
  };
}

/** As the new rows say them. */
export async function figuresAfter(
  writer: BulkWriter,
  botId: string,
  marks: ReadonlyMap<string, number>,
): Promise<BotFigures> {
  const account = await writer.kysely
    .selectFrom('bot_accounts')
    .selectAll()
    .where('bot_id', '=', botId)
    .executeTakeFirstOrThrow();
  const positions = await writer.kysely
    .selectFrom('positions')
    .selectAll()
    .where('bot_id', '=', botId)
    .where('status', '=', 'open')
    .execute();
  const held = positions.reduce((sum, position) => {
    const mark = marks.get(position.symbol);
    const gross = mark === undefined ? 0 : Math.round(position.quantity * mark * 1e6) - position.cost_micros;
    return sum + position.margin_micros + (position.position_type === 'LONG' ? gross : 0 - gross);
  }, 0);
  return {
    balance: account.cash_micros / 1e6,
    realizedPnl: account.realized_micros / 1e6,
    tradeCount: account.trade_count,
    winRate: account.trade_count === 0 ? 0 : account.win_count / account.trade_count,
    openPositions: positions.length,
    totalValue: (account.cash_micros + held) / 1e6,
  };
}

/** What differs though every value of it arrived. */
export function explain(before: BotFigures, after: BotFigures): string[] {
  const differences: string[] = [];
  const off = Math.abs((before.totalValue ?? after.totalValue ?? 0) - (after.totalValue ?? 0));
  if (before.openPositions > after.openPositions)
    differences.push(
      'positions that could not be read or were closed are not open here, nor is their margin',
    );
  else if (before.openPositions < after.openPositions)
    differences.push('the table holds open positions that the state does not: their margin is in the book');
  else if (off > 0.005)
    differences.push('the old total was not balance + margins + PnL at the last prices; the new one is');
  else if (off > 5e-7) differences.push('the PnL of each open position is rounded to the micro-dollar');
  if (before.balance === null)
    differences.push('the old server kept no book of it: it begins with its deposit');
  else if (before.tradeCount === null || before.winRate === null || before.realizedPnl === null)
    differences.push('what the old server did not count begins at 0');
  return differences;
}
