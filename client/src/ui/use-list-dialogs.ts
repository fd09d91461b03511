import { useState } from 'react';

type Shown<Item> =
  | { readonly what: 'edit' | 'delete'; readonly item: Item }
  | { readonly what: 'add' }
  | null;

interface ListDialogs<Item> {
  /** Whether the dialog that adds or edits is open. */
  readonly isEditing: boolean;
  /** null = a new one. */
  readonly edited: Item | null;
  /** Which one is asked about before it is deleted. */
  readonly deleted: Item | null;
  readonly add: () => void;
  readonly edit: (item: Item) => void;
  readonly remove: (item: Item) => void;
  readonly close: () => void;
}

/** Which dialog of a list is open: the one that adds, or those that edit or delete one of its things. */
export function useListDialogs<Item>(): ListDialogs<Item> {
  const [shown, setShown] = useState<Shown<Item>>(null);
  return {
    isEditing: shown?.what === 'add' || shown?.what === 'edit',
    edited: shown?.what === 'edit' ? shown.item : null,
    deleted: shown?.what === 'delete' ? shown.item : null,
    add: () => setShown({ what: 'add' }),
    edit: (item) => setShown({ what: 'edit', item }),
    remove: (item) => setShown({ what: 'delete', item }),
    close: () => setShown(null),
  };
}
