import {
  fieldsOf,
  idOf,
  microsOf,
  numberOf,
  priceOf,
  sideOf,
  textOf,
  timeOf,
  type Fields,
} from './values.ts';

/** An entry or exit as the old server wrote it, in whichever of its shapes. Money in micros. */
export interface LegacyOrder {
  readonly path: string;
  readonly value: unknown;
  readonly id: string;
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly kind: 'entry' | 'exit';
  /** null where the shape has none: the audit's exits do not say at which price they were opened. */
  readonly entryPrice: number | null;
  readonly exitPrice: number | null;
  readonly marginMicros: number;
  readonly leverage: number;
  readonly pnlMicros: number;
  readonly feeMicros: number;
  readonly at: number;
  /** Only rows of the table `trades` say it. */
  readonly positionId: string | null;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** Beyond these, sums are no longer exact. */
export const MOST_MICROS = 9e15;
export const MOST_QUANTITY = 1e15;

const bad = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

interface RawRecord {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Reads an order of the state or a row of the table `trades`. Shapes: `{side: 'entry'|'exit', action: 'LONG'|'SHORT',
 * price}`; `{type: 'LONG'|'SHORT', entryPrice, exitPrice}` where no exit price means an entry; rows with `trade_type`
 * and `action` either way round.
 * @param latest no order is younger, epoch ms.
 */
export function readOrder(record: RawRecord, latest: number): Read<LegacyOrder> {
  const fields = fieldsOf(record.value);
  if (!fields) return bad('an order that is no object');
  const id = idOf(fields.id);
  if (id === undefined) return bad('an order without an id');
  const symbol = textOf(fields.symbol);
  if (symbol === undefined || !/^[\w.:/-]{1,40}$/.test(symbol)) return bad('an order without a symbol');
  const kind = readKind(fields);
  if (!kind.ok) return kind;
  const amounts = readAmounts(fields, kind.value);
  if (!amounts.ok) return amounts;
  if (quantityOf({ ...kind.value, ...amounts.value }) > MOST_QUANTITY)
    return bad('an order too large to be true');
  const at = timeOf(fields.timestamp ?? fields.executed_at, latest);
  if (at === undefined) return bad('an order without a time');
  const positionId = idOf(fields.position_id) ?? null;
  return { ok: true, value: { ...record, id, symbol, ...kind.value, ...amounts.value, at, positionId } };
}

type Kind = Pick<LegacyOrder, 'kind' | 'side' | 'entryPrice' | 'exitPrice'>;

function readKind(fields: Fields): Read<Kind> {
  const { side, action, type, trade_type: tradeType } = fields;
  if (side === 'entry' || side === 'exit') return kindOf(side, sideOf(action), pricesOfAudit(side, fields));
  if (tradeType === 'entry' || tradeType === 'exit')
    return kindOf(tradeType, sideOf(action), {
      entryPrice: priceOf(fields.entry_price) ?? null,
      exitPrice: priceOf(fields.exit_price) ?? null,
    });
  if (action === 'OPEN' || action === 'CLOSE')
    return kindOf(action === 'OPEN' ? 'entry' : 'exit', sideOf(tradeType), {
      entryPrice: priceOf(fields.entry_price) ?? null,
      exitPrice: priceOf(fields.exit_price) ?? null,
    });
  if (sideOf(type) === undefined) return bad('an order of neither shape');
  const exitPrice = fields.exitPrice ?? 0;
  if (numberOf(exitPrice) === undefined) return bad('an order whose exit price is no number');
  return kindOf(exitPrice === 0 ? 'entry' : 'exit', sideOf(type), {
    entryPrice: priceOf(fields.entryPrice) ?? null,
    exitPrice: exitPrice === 0 ? null : (priceOf(exitPrice) ?? null),
  });
}

function pricesOfAudit(kind: 'entry' | 'exit', fields: Fields): Pick<Kind, 'entryPrice' | 'exitPrice'> {
  const price = priceOf(fields.price) ?? null;
  return kind === 'entry'
    ? { entryPrice: price, exitPrice: null }
    : { entryPrice: priceOf(fields.entryPrice) ?? null, exitPrice: price };
}

function kindOf(
  kind: 'entry' | 'exit',
  side: 'LONG' | 'SHORT' | undefined,
  prices: Pick<Kind, 'entryPrice' | 'exitPrice'>,
): Read<Kind> {
  if (side === undefined) return bad('an order that is neither long nor short');
  if (kind === 'entry' && prices.entryPrice === null) return bad('an entry without a price');
  if (kind === 'exit' && prices.exitPrice === null) return bad('an exit without a price');
  return { ok: true, value: { kind, side, ...prices } };
}

type Amounts = Pick<LegacyOrder, 'marginMicros' | 'leverage' | 'pnlMicros' | 'feeMicros'>;

function readAmounts(fields: Fields, { kind }: Kind): Read<Amounts> {
  const marginMicros = microsOf(fields.size);
  if (marginMicros === undefined || marginMicros <= 0) return bad('an order without a size');
  const leverage = numberOf(fields.leverage ?? 1);
  if (leverage === undefined || leverage <= 0 || leverage > 1e6) return bad('an order without a leverage');
  if (marginMicros * leverage > MOST_MICROS) return bad('an order too large to be true');
  // An entry that says nothing of its fee has written none.
  const pnlMicros = microsOf(kind === 'entry' ? (fields.pnl ?? 0) : fields.pnl);
  if (pnlMicros === undefined) return bad('an order without a result');
  const feeMicros = microsOf(fields.fee ?? 0);
  if (feeMicros === undefined || feeMicros < 0) return bad('an order whose fee is no amount');
  return { ok: true, value: { marginMicros, leverage, pnlMicros, feeMicros } };
}

/** Quantity an order stands for: margin × leverage at its entry price, or at its exit price where that is all it says. */
export function quantityOf(
  order: Pick<LegacyOrder, 'entryPrice' | 'exitPrice' | 'marginMicros' | 'leverage'>,
): number {
  const price = order.entryPrice ?? order.exitPrice ?? 1;
  return (order.marginMicros * order.leverage) / 1e6 / price;
}
