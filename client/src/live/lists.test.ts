import type { InfiniteData } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { Page } from '../api/contract.ts';
import { itemsOf, withItems } from './lists.ts';

const listOf = (...pages: string[][]): InfiniteData<Page<string>> => ({
  pages: pages.map((items) => ({ items, nextCursor: null })),
  pageParams: pages.map(() => null),
});

describe('itemsOf', () => {
  it('lists what stands on two pages once', () => {
    const { pages } = listOf(['a', 'b'], ['b', 'c']);
    expect(itemsOf(pages, (item) => item)).toEqual(['a', 'b', 'c']);
  });
});

describe('withItems', () => {
  it('keeps the pages it does not change', () => {
    const list = listOf(['a'], ['b']);
    const next = withItems(list, (items) => (items.includes('b') ? ['B'] : items));
    expect(next.pages.map(({ items }) => items)).toEqual([['a'], ['B']]);
    expect(next.pages[0]).toBe(list.pages[0]);
  });

  it('is the same list when nothing changes', () => {
    const list = listOf(['a'], ['b']);
    expect(withItems(list, (items) => items)).toBe(list);
  });
});
