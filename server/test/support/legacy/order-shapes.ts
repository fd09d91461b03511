import type { Book, Deal } from './book.ts';
import type { OldOrder } from './old-arena.ts';

export type OrderShape = 'audit' | 'running';

/** Entries and exits, newest first. The `trimmed` oldest are left out, as the old server drops them. */
export function ordersOf(book: Book, shape: OrderShape, trimmed = 0): OldOrder[] {
  const orders = book.deals
    .flatMap((deal) =>
      deal.exit ? [entryOf(deal, shape), exitOf(deal, deal.exit, shape)] : [entryOf(deal, shape)],
    )
    .sort((a, b) => b.timestamp - a.timestamp);
  return orders.slice(0, orders.length - trimmed);
}

function entryOf(deal: Deal, shape: OrderShape): OldOrder {
  const { symbol, side, size, leverage, entryPrice, entryFee: fee, openedAt: timestamp } = deal;
  const id = deal.entryOrderId;
  if (shape === 'audit')
    return {
      id,
      symbol,
      action: side,
      side: 'entry',
      price: entryPrice,
      size,
      leverage,
      timestamp,
      pnl: -fee,
    };
  return { id, symbol, type: side, size, leverage, pnl: -fee, fee, timestamp, entryPrice, exitPrice: 0 };
}

function exitOf(deal: Deal, exit: NonNullable<Deal['exit']>, shape: OrderShape): OldOrder {
  const { symbol, side, size, leverage, entryPrice } = deal;
  const { orderId: id, at: timestamp, price, pnl, fee } = exit;
  if (shape === 'audit')
    return { id, symbol, action: side, side: 'exit', price, size, leverage, timestamp, pnl };
  return { id, symbol, type: side, size, leverage, pnl, fee, timestamp, entryPrice, exitPrice: price };
}
