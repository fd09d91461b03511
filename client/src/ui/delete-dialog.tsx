import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { messages } from './messages.ts';
import { notify } from './notices.ts';

interface DeleteDialogProps {
  readonly title: string;
  readonly lead: ReactNode;
  /** What a notice says when it is gone. */
  readonly done: string;
  /** The list that showed it. */
  readonly listKey: QueryKey;
  readonly send: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks once more before one thing of a list is deleted. Shown while it is rendered. */
export function DeleteDialog({ title, lead, done, listKey, send, onClose }: DeleteDialogProps) {
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title={title}
      lead={lead}
      action={messages.form.delete}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await send();
        await queries.invalidateQueries({ queryKey: listKey });
        notify(done);
      }}
    />
  );
}
