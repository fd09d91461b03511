import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { invitesQuery } from '../../api/admin-queries.ts';
import { call, type AnswerOf } from '../../api/call.ts';
import type { Role } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { SecretOutput } from '../../ui/secret-output.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useAct } from '../../ui/use-act.ts';
import { useWallNow, WallTime } from '../../ui/wall-time.tsx';

const text = adminText.invites;
const { roles } = adminText.users;
const ROLES = (['user', 'viewer', 'moderator', 'admin'] as const).map((value) => ({
  value,
  label: roles[value],
}));
type Invite = AnswerOf<'listInvites'>['items'][number];
type Created = AnswerOf<'createInvite'>;

export function InvitesTab() {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(invitesQuery);
  const [role, setRole] = useState<Role>('user');
  const [created, setCreated] = useState<Created | null>(null);
  const make = useAct(
    () => call('createInvite', { body: { role } }),
    (invite) => {
      setCreated(invite);
      void queries.invalidateQueries({ queryKey: ownKeys.invites });
    },
  );
  return (
    <>
      <div className="flex flex-wrap items-end gap-3 p-4">
        <p className="mr-auto max-w-md text-sm text-muted">{text.lead}</p>
        <SelectField
          label={text.role}
          options={ROLES}
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
          className="w-40"
        />
        <Button variant="solid" className="h-10" onClick={make.run} aria-disabled={make.isBusy || undefined}>
          {text.make}
        </Button>
      </div>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows count={3} />}
      {data?.length === 0 && <EmptyState text={text.empty} className="border-t border-line" />}
      <ul className="divide-y divide-line border-t border-line empty:border-0">
        {data?.map((invite) => (
          <InviteRow key={invite.id} invite={invite} />
        ))}
      </ul>
      <Dialog
        title={text.shownTitle}
        lead={text.shown}
        isOpen={created !== null}
        onOpenChange={() => setCreated(null)}
      >
        {created && <ShownInvite created={created} onDone={() => setCreated(null)} />}
      </Dialog>
    </>
  );
}

function ShownInvite({ created: { code }, onDone }: { created: Created; onDone: () => void }) {
  const link = code === null ? null : `${location.origin}/register#invite=${encodeURIComponent(code)}`;
  return (
    <div className="flex flex-col gap-4">
      <SecretOutput label={text.link} secret={link} gone={text.gone} />
      <Button variant="solid" onClick={onDone}>
        {text.done}
      </Button>
    </div>
  );
}

function InviteRow({ invite: { id, role, createdAt, expiresAt, usedAt } }: { invite: Invite }) {
  const queries = useQueryClient();
  const now = useWallNow();
  const isOpen = usedAt === null && expiresAt > now;
  const annul = useAct(
    () => call('deleteInvite', { params: { id } }),
    () => {
      void queries.invalidateQueries({ queryKey: ownKeys.invites });
      return text.voided;
    },
  );
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {roles[role]}
          <Badge tone={isOpen ? 'accent' : 'outline'}>
            {usedAt !== null ? (
              <WallTime at={usedAt} say={text.used} />
            ) : isOpen ? (
              <WallTime at={expiresAt} say={text.open} />
            ) : (
              text.over
            )}
          </Badge>
        </p>
        <p className="text-sm text-muted">
          <WallTime at={createdAt} say={text.made} />
        </p>
      </div>
      {isOpen && (
        <Button
          onClick={annul.run}
          aria-disabled={annul.isBusy || undefined}
          aria-label={text.voidOf(roles[role])}
        >
          {text.void}
        </Button>
      )}
    </li>
  );
}
