import { liquidationPrice } from '../engine/liquidation.ts';
import { MOST_MICROS, MOST_QUANTITY, type Read } from './orders.ts';
import { fieldsOf, idOf, microsOf, numberOf, priceOf, sideOf, textOf, timeOf } from './values.ts';

/** A position the old server held open. Money in micros. */
export interface LegacyPosition {
  readonly path: string;
  readonly id: string;
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly entryPrice: number;
  readonly marginMicros: number;
  readonly leverage: number;
  readonly quantity: number;
  readonly costMicros: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly liquidationPrice: number | null;
  /** null = nobody wrote it down. */
  readonly openedAt: number | null;
  /** Values that were there and mean nothing: path and value. */
  readonly dropped: readonly { readonly path: string; readonly value: unknown; readonly reason: string }[];
}

export const MAINTENANCE_RATE = 0.005;
/** Fine enough for every symbol: liquidation prices of legacy positions need no tick of theirs. */
const TICK = 1e-8;

const bad = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/** Reads a position of a portfolio or an open row of the table `positions`. */
export function readPosition(path: string, value: unknown, latest: number): Read<LegacyPosition> {
  const fields = fieldsOf(value);
  if (!fields) return bad('a position that is no object');
  const id = idOf(fields.id);
  const symbol = textOf(fields.symbol);
  const side = sideOf(fields.type ?? fields.position_type ?? fields.side);
  const entryPrice = priceOf(fields.entryPrice ?? fields.entry_price);
  const marginMicros = microsOf(fields.size);
  const leverage = numberOf(fields.leverage ?? 1);
  if (id === undefined) return bad('a position without an id');
  if (symbol === undefined || !/^[\w.:/-]{1,40}$/.test(symbol)) return bad('a position without a symbol');
  if (side === undefined) return bad('a position that is neither long nor short');
  if (entryPrice === undefined) return bad('a position without an entry price');
  if (marginMicros === undefined || marginMicros <= 0) return bad('a position without a size');
  if (leverage === undefined || leverage < 1 || leverage > 1000)
    return bad('a position whose leverage is not in 1 to 1000');
  const costMicros = Math.round(marginMicros * leverage);
  const quantity = (marginMicros * leverage) / 1e6 / entryPrice;
  const held = { side, quantity, costMicros, marginMicros, maintenanceRate: MAINTENANCE_RATE };
  if (costMicros > MOST_MICROS || quantity > MOST_QUANTITY) return bad('a position too large to be true');
  const levels = readLevels(path, fields);
  return {
    ok: true,
    value: {
      path,
      id,
      symbol,
      ...held,
      entryPrice,
      leverage,
      stopLoss: levels.prices[0] ?? null,
      takeProfit: levels.prices[1] ?? null,
      // The old server's own liquidation price was never looked at; this server's rule holds from here on.
      liquidationPrice: priceOf(liquidationPrice(held, TICK)) ?? null,
      openedAt:
        timeOf(fields.openTime ?? fields.openedAt ?? fields.opened_at ?? fields.timestamp, latest) ?? null,
      dropped: levels.dropped,
    },
  };
}

function readLevels(path: string, fields: Readonly<Record<string, unknown>>) {
  const dropped: { path: string; value: unknown; reason: string }[] = [];
  const prices = [
    ['stopLoss', fields.stopLoss ?? fields.stop_loss],
    ['takeProfit', fields.takeProfit ?? fields.take_profit],
  ].map(([name, level]) => {
    const price = priceOf(level);
    if (price === undefined && level !== 0 && level !== null && level !== undefined)
      dropped.push({ path: `${path}.${String(name)}`, value: level, reason: 'not a price' });
    return price ?? null;
  });
  return { prices, dropped };
}
