import { useQueryClient } from '@tanstack/react-query';
import type { PositionView } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { notify } from '../../ui/notices.ts';

/** Of a dialog about one open position. */
export interface PositionDialogProps {
  readonly position: PositionView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Tells what the server said of a change by hand, ends the dialog and reads the bot anew. */
export function usePositionDone({
  position: { botId },
  onClose,
}: PositionDialogProps): (answer: { readonly message: string }) => Promise<void> {
  const queries = useQueryClient();
  return async ({ message }) => {
    notify(message);
    onClose();
    await queries.invalidateQueries({ queryKey: keys.bot(botId) });
  };
}
