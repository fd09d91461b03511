import type { InfiniteData } from '@tanstack/react-query';
import type { Page, TradeView } from '../api/contract.ts';

/** What a list of pages holds, each item once: one that moves between two reads may stand on two pages. */
export function itemsOf<Item>(pages: readonly Page<Item>[], idOf: (item: Item) => string): Item[] {
  const items = new Map<string, Item>();
  for (const item of pages.flatMap((page) => page.items)) {
    if (!items.has(idOf(item))) items.set(idOf(item), item);
  }
  return [...items.values()];
}

/** The list with every page's items changed; the same pages and the same list where `change` gives back what it got. */
export function withItems<Answer extends Page<unknown>>(
  data: InfiniteData<Answer>,
  change: (items: Answer['items']) => Answer['items'],
): InfiniteData<Answer> {
  const pages = data.pages.map((page) => {
    const items = change(page.items);
    return items === page.items ? page : { ...page, items };
  });
  return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
}

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
