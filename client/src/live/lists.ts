import type { InfiniteData } from '@tanstack/react-query';
import type { Page, TradeView } from '../api/contract.ts';

/** Items not yet in the list, newest first, put before its first page. */
export function withNewItems<Item extends { id: string }>(
  data: InfiniteData<Page<Item>>,
  items: readonly Item[],
): InfiniteData<Page<Item>> {
  const [first, ...rest] = data.pages;
  if (!first) return data;
  const known = new Set(data.pages.flatMap((page) => page.items.map(({ id }) => id)));
  const fresh = items.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return data;
  return { ...data, pages: [{ ...first, items: [...fresh, ...first.items] }, ...rest] };
}

/** Trades of an event, oldest first there, put on top of a list of one symbol (or all). */
export function withNewTrades(
  data: InfiniteData<Page<TradeView>>,
  trades: readonly TradeView[],
  symbol: string | null,
): InfiniteData<Page<TradeView>> {
  const fitting = trades.filter((trade) => symbol === null || trade.symbol === symbol);
  return withNewItems(data, fitting.toReversed());
}
