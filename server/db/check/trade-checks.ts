import type { Findings } from './findings.ts';
import { isWholeMicros, microsOf, notionalOf, sideSign } from './numbers.ts';
import { briefTrade, type TradeRow } from './trade-rows.ts';

const EXIT_CAUSES = new Set([
  'stop-loss',
  'take-profit',
  'liquidation',
  'manual',
  'admin',
  'reset',
  'reconcile',
]);
const ENTRY_CAUSES = new Set(['reconcile']);

/** What one trade must satisfy on its own and against its position and decision. */
export function checkTradeRow(trade: TradeRow, findings: Findings): void {
  checkNumbers(trade, findings);
  if (trade.p_user_id !== null && trade.p_user_id !== trade.user_id)
    findings.add('I18', 'a trade and its position belong to different users', briefTrade(trade));
  if (trade.legacy === 1) return;
  checkCause(trade, findings);
  checkAmounts(trade, findings);
  checkAgainstPosition(trade, findings);
}

function checkNumbers(trade: TradeRow, findings: Findings): void {
  const { size, pnl, fee, notional, cost, insurance } = trade;
  if (![size, pnl, fee, notional, cost, insurance].every(isWholeMicros))
    findings.add('I16', 'a dollar column of a trade is not whole micros', briefTrade(trade));
  const { quantity, leverage, slippage, entry_price, exit_price } = trade;
  const doubles = [quantity, leverage, slippage, entry_price ?? 0, exit_price ?? 0];
  if (!doubles.every((value) => Number.isFinite(value) && value >= 0))
    findings.add('I16', 'a number of a trade is not finite or below 0', briefTrade(trade));
}

function checkCause(trade: TradeRow, findings: Findings): void {
  const isDecision = trade.cause === 'decision';
  const causes = trade.trade_type === 'entry' ? ENTRY_CAUSES : EXIT_CAUSES;
  if (isDecision !== (trade.decision_id !== null) || (!isDecision && !causes.has(trade.cause)))
    findings.add('I11', 'a trade does not have exactly one cause', briefTrade(trade));
  if (trade.decision_id === null) return;
  if (trade.decision_bot_id !== trade.bot_id)
    findings.add('I18', 'a trade and its decision belong to different bots', briefTrade(trade));
  else if (trade.decision_epoch !== trade.epoch)
    findings.add('I9', 'a trade and its decision belong to different epochs', briefTrade(trade));
}

function checkAmounts(trade: TradeRow, findings: Findings): void {
  const isEntry = trade.trade_type === 'entry';
  const price = isEntry ? trade.entry_price : trade.exit_price;
  const [size, fee, pnl] = [microsOf(trade.size), microsOf(trade.fee), microsOf(trade.pnl)];
  const [notional, cost, insurance] = [
    microsOf(trade.notional),
    microsOf(trade.cost),
    microsOf(trade.insurance),
  ];
  if (price === null || notional !== notionalOf(trade.quantity, price))
    findings.add('I4', 'notional is not quantity * price', briefTrade(trade));
  if (fee < 0 || insurance < 0 || size < 0 || cost < 0)
    findings.add('I16', 'a fee, insurance, size or cost is below 0', briefTrade(trade));
  if (!isEntry)
    return checkExit(
      { size, fee, pnl, insurance, gross: sideSign(trade.action) * (notional - cost) },
      trade,
      findings,
    );
  if (pnl !== 0 - fee || insurance !== 0)
    findings.add('I7', "an entry's pnl is not minus its fee", briefTrade(trade));
  if (cost !== notional) findings.add('I4', "an entry's cost is not its notional", briefTrade(trade));
  if (size !== Math.ceil(notional / trade.leverage))
    findings.add('I2', 'margin is not ceil(notional / leverage)', briefTrade(trade));
}

function checkExit(
  amounts: { size: number; fee: number; pnl: number; insurance: number; gross: number },
  trade: TradeRow,
  findings: Findings,
): void {
  const { size, fee, pnl, insurance, gross } = amounts;
  if (pnl !== gross - fee + insurance)
    findings.add('I7', "an exit's pnl is not gross - fee + insurance", briefTrade(trade));
  // Insurance pays what the margin cannot, and not a micro more.
  if (insurance !== Math.max(0, fee - size - gross))
    findings.add('I5', "an exit's insurance is not what its margin could not pay", briefTrade(trade));
}

function checkAgainstPosition(trade: TradeRow, findings: Findings): void {
  if (trade.p_symbol === null) return;
  if (trade.p_symbol !== trade.symbol || trade.p_side !== trade.action || trade.p_leverage !== trade.leverage)
    findings.add('I4', "a trade's symbol, side or leverage is not its position's", briefTrade(trade));
  if (trade.p_epoch !== trade.epoch)
    findings.add('I9', 'a trade and its position belong to different epochs', briefTrade(trade));
}
