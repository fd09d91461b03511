import { z } from 'zod';
import type { ListPage, PageKey } from '../arena/paging.ts';
import type { Page } from '../contract/http/common.ts';
import { InvalidInputError } from '../errors.ts';

/** Cursors are opaque to clients: base64url of `[at, key]`. */
export function encodeCursor(next: PageKey<string | number> | null): string | null {
  return next && Buffer.from(JSON.stringify([next.at, next.key])).toString('base64url');
}

/** @throws InvalidInputError when the text is not a cursor of this list. */
export function decodeCursor<Key extends string | number>(
  cursor: string | undefined,
  key: z.ZodType<Key>,
): PageKey<Key> | null {
  if (cursor === undefined) return null;
  const parsed = z.tuple([z.int(), key]).safeParse(fromBase64(cursor));
  if (!parsed.success)
    throw new InvalidInputError(
      'The cursor is not valid: pass the nextCursor of an earlier page of this list.',
      [{ path: 'cursor', message: 'not a cursor of this list' }],
    );
  const [at, value] = parsed.data;
  return { at, key: value };
}

function fromBase64(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

export function toPage<Item>({ items, next }: ListPage<Item, string> | ListPage<Item, number>): Page<Item> {
  return { items, nextCursor: encodeCursor(next) };
}
