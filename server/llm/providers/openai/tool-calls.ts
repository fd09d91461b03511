import type { ToolCall } from '../../chat.ts';

/** A call, or a part of one, as it stands in a message or in a piece of a stream. */
export interface CallPiece {
  readonly index?: number | null | undefined;
  readonly id?: string | null | undefined;
  readonly function?:
    | {
        readonly name?: string | null | undefined;
        readonly arguments?: string | Readonly<Record<string, unknown>> | null | undefined;
      }
    | null
    | undefined;
}

export interface CallDraft {
  readonly index: number | null;
  id: string;
  name: string;
  argumentsJson: string;
}

/** Adds a piece of a stream. Pieces of a call share its index; some servers count wrong, and tell calls apart by id. */
export function addPiece(drafts: CallDraft[], piece: CallPiece): void {
  const draft = findDraft(drafts, piece);
  if (!draft) {
    drafts.push(draftOf(piece));
    return;
  }
  draft.id ||= piece.id ?? '';
  draft.name ||= piece.function?.name ?? '';
  draft.argumentsJson += argumentsOf(piece);
}

export function draftOf(piece: CallPiece): CallDraft {
  const { index, id, function: called } = piece;
  return { index: index ?? null, id: id ?? '', name: called?.name ?? '', argumentsJson: argumentsOf(piece) };
}

/** @param before how many calls the conversation has: a call without an id gets one that no other has. */
export function toToolCalls(drafts: readonly CallDraft[], before: number): readonly ToolCall[] {
  return drafts.map(({ id, name, argumentsJson }, position) => ({
    id: id === '' ? `call_${before + position}` : id,
    name,
    argumentsJson: argumentsJson === '' ? '{}' : argumentsJson,
  }));
}

function findDraft(drafts: readonly CallDraft[], { index, id, function: called }: CallPiece) {
  const there = typeof index === 'number' ? drafts.findLast((draft) => draft.index === index) : undefined;
  if (id) return drafts.find((draft) => draft.id === id) ?? (there?.id === '' ? there : undefined);
  if (typeof index === 'number') return there;
  return called?.name ? undefined : drafts.at(-1);
}

function argumentsOf({ function: called }: CallPiece): string {
  const given = called?.arguments ?? '';
  return typeof given === 'string' ? given : JSON.stringify(given);
}
