import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../api/admin-queries.ts';
import type { AuditEntryView } from '../../api/contract.ts';
import { TextField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { AuditList } from '../account/audit-list.tsx';

const text = adminText.log;

interface AuditTabProps {
  readonly action: string;
  readonly userId: string;
  readonly onChange: (part: { action?: string; user?: string }) => void;
}

export function AuditTab({ action, userId, onChange }: AuditTabProps) {
  const query = useInfiniteQuery(
    auditQuery({ action: useSettled(action.trim()), userId: useSettled(userId.trim()) }),
  );
  const { data, error, refetch } = query;
  const entries = data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <div className="grid gap-3 p-4 sm:grid-cols-2">
        <TextField
          label={text.action}
          placeholder={text.actionHint}
          value={action}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange({ action: event.target.value })}
        />
        <TextField
          label={text.user}
          value={userId}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange({ user: event.target.value })}
        />
      </div>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!entries && !error && <SkeletonRows count={8} />}
      {entries?.length === 0 && <EmptyState text={text.empty} className="border-t border-line" />}
      {entries && entries.length > 0 && <AuditList entries={entries} who={whoOf} />}
      <LoadMore query={query} />
    </>
  );
}

function whoOf({ actorId, userId, ip }: AuditEntryView): string {
  const actor = actorId ?? (ip === null ? text.arena : text.stranger);
  return userId === null || userId === actorId ? actor : `${actor}, ${text.concerning(userId)},`;
}
