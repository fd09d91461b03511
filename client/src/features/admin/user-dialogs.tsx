import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { UserView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { notify } from '../../ui/notices.ts';

const text = adminText.users;

export interface Asked {
  readonly what: 'disable' | 'delete';
  readonly user: UserView;
}

/** What is asked once more before it is done to a user. */
export function UserDialogs({ asked, onClose }: { asked: Asked | null; onClose: () => void }) {
  const queries = useQueryClient();
  if (!asked) return null;
  const { what, user } = asked;
  const params = { id: user.id };
  const done = (said: string) => {
    notify(said);
    return queries.invalidateQueries({ queryKey: ownKeys.users });
  };
  if (what === 'disable')
    return (
      <ConfirmDialog
        title={text.disableTitle(user.username)}
        lead={text.disableLead}
        action={text.disable}
        isOpen
        onClose={onClose}
        onConfirm={async () => {
          await call('updateUser', { params, body: { isActive: false } });
          await done(text.changed(user.username));
        }}
      />
    );
  return (
    <ConfirmDialog
      title={text.deleteTitle(user.username)}
      lead={text.deleteLead}
      action={text.delete}
      name={user.username}
      isOpen
      onClose={onClose}
      onConfirm={async ({ confirm }) => {
        await call('deleteUser', { params, body: { confirm } });
        await done(text.deleted(user.username));
      }}
    />
  );
}
