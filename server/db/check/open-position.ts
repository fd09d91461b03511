import type { Findings } from './findings.ts';
import { microsOf, quantityUnits } from './numbers.ts';
import type { TradeRow } from './trade-rows.ts';

/** A position as its trades so far make it. Quantities in 10^-12, money in micros. */
export interface OpenPosition {
  readonly id: string;
  readonly botId: string;
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  /** Brought over from the old server: its entries have no rows of the present kind. */
  readonly isLegacy: boolean;
  units: bigint;
  entryUnits: bigint;
  cost: number;
  /** Margin locked by entries, and what exits have released. */
  entryMargin: number;
  releasedMargin: number;
  entryFees: number;
  fees: number;
  pnl: number;
  /** Gross of exits with insurance, before fees. */
  realized: number;
  insurance: number;
}

/** What a position's row must say once these trades have been written. */
export interface PositionColumns {
  readonly entry_quantity: number;
  readonly size: number;
  readonly margin_micros: number;
  readonly realized_micros: number;
  readonly fees_micros: number;
  readonly funding_micros: number;
  readonly insurance_micros: number;
}

export function emptyPosition(trade: TradeRow): OpenPosition {
  return {
    id: trade.position_id ?? '',
    botId: trade.bot_id,
    symbol: trade.symbol,
    side: trade.action,
    isLegacy: false,
    units: 0n,
    entryUnits: 0n,
    cost: 0,
    entryMargin: 0,
    releasedMargin: 0,
    entryFees: 0,
    fees: 0,
    pnl: 0,
    realized: 0,
    insurance: 0,
  };
}

export function applyTrade(position: OpenPosition, trade: TradeRow): void {
  const isEntry = trade.trade_type === 'entry';
  const sign = isEntry ? 1 : -1;
  const units = quantityUnits(trade.quantity);
  const fee = microsOf(trade.fee);
  position.units += isEntry ? units : -units;
  position.cost += sign * microsOf(trade.cost);
  position.fees += fee;
  position.pnl += microsOf(trade.pnl);
  if (isEntry) {
    position.entryUnits += units;
    position.entryMargin += microsOf(trade.size);
    position.entryFees += fee;
    return;
  }
  position.releasedMargin += microsOf(trade.size);
  position.realized += microsOf(trade.pnl) + fee;
  position.insurance += microsOf(trade.insurance);
}

/** I2, I4 and I8 of one position row against its trades. Legacy positions have no entries to compare. */
export function comparePosition(position: OpenPosition, row: PositionColumns, findings: Findings): void {
  if (position.isLegacy) return;
  const shown = { position_id: position.id, bot_id: position.botId, ...row };
  const margin = position.entryMargin + row.funding_micros - position.releasedMargin;
  if (margin !== row.margin_micros)
    findings.add('I2', 'margin is not the entries + funding - releases', { ...shown, expected: margin });
  if (
    quantityUnits(row.entry_quantity) !== position.entryUnits ||
    microsOf(row.size) !== position.entryMargin
  )
    findings.add('I4', 'entry quantity and size are not the sums of the entries', {
      ...shown,
      expectedSizeMicros: position.entryMargin,
    });
  const expected = {
    realized_micros: position.realized,
    fees_micros: position.fees,
    insurance_micros: position.insurance,
  };
  if (
    row.realized_micros !== expected.realized_micros ||
    row.fees_micros !== expected.fees_micros ||
    row.insurance_micros !== expected.insurance_micros
  )
    findings.add('I8', "a position's realised, fees or insurance are not the sums of its trades", {
      ...shown,
      expected,
    });
}
