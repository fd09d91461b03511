/** Where a page of a list begins: after this row. `at` and `key` are what the list is ordered by. */
export interface PageKey<Key extends string | number> {
  readonly at: number;
  readonly key: Key;
}

/** `next` is null on the last page. */
export interface ListPage<Item, Key extends string | number> {
  readonly items: Item[];
  readonly next: PageKey<Key> | null;
}

/** The first `limit` of the rows as a page: one row more than asked for tells whether there is a next one. */
export function pageOf<Row, Key extends string | number>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => PageKey<Key>,
): ListPage<Row, Key> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? keyOf(last) : null };
}
