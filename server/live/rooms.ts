import type { AppContext } from '../context.ts';
import type { RoomKind } from './policy.ts';

/** @param room as `roomSchema` lets it pass. */
export function roomOf(room: string): { readonly kind: RoomKind; readonly id: string } {
  if (room.startsWith('bot:')) return { kind: 'bot', id: room.slice('bot:'.length) };
  if (room.startsWith('user:')) return { kind: 'user', id: room.slice('user:'.length) };
  return { kind: 'arena', id: '' };
}

/** Whose room it is; null = nobody's, or of a bot that is not there. */
export function ownerOf({ books }: Pick<AppContext, 'books'>, room: string): string | null {
  const { kind, id } = roomOf(room);
  if (kind === 'user') return id;
  return kind === 'bot' ? (books.get(id)?.userId ?? null) : null;
}
