import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { Me } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { forgetDrafts } from '../../ui/drafts.ts';
import { downloadText } from '../../ui/download.ts';
import { accountText } from '../../ui/messages/account.ts';
import { notify } from '../../ui/notices.ts';
import { useAct } from '../../ui/use-act.ts';
import type { User } from '../session/use-me.ts';
import { Part } from './part.tsx';

const text = accountText.data;

export function DataTab({ user }: { user: User }) {
  const [isDeleting, setIsDeleting] = useState(false);
  const download = useAct(
    () => call('exportAccount'),
    (data) => downloadText(text.fileName, `${JSON.stringify(data, null, 2)}\n`, 'application/json'),
  );
  return (
    <div className="divide-y divide-line">
      <Part title={text.exportTitle} lead={text.exportLead}>
        <Button onClick={download.run} aria-disabled={download.isBusy || undefined}>
          <Download aria-hidden="true" /> {text.exportAction}
        </Button>
      </Part>
      <Part title={text.deleteTitle} lead={text.deleteLead}>
        <Button variant="danger" onClick={() => setIsDeleting(true)}>
          {text.deleteAction}
        </Button>
      </Part>
      <DeleteDialog user={user} isOpen={isDeleting} onClose={() => setIsDeleting(false)} />
    </div>
  );
}

interface DeleteDialogProps {
  readonly user: User;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function DeleteDialog({ user, isOpen, onClose }: DeleteDialogProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      title={text.deleteTitle}
      lead={`${text.deleteLead} ${text.deleteDialog}`}
      action={text.deleteAction}
      name={user.username}
      needsPassword
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async ({ confirm, password }) => {
        await call('deleteAccount', { body: { confirm, password } });
        notify(text.deleted);
        forgetDrafts();
        await navigate({ to: '/' });
        queries.setQueryData<Me>(keys.me, (me) => me && { ...me, user: null });
      }}
    />
  );
}
