import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery, usersQuery } from '../../api/admin-queries.ts';
import type { AuditEntryView } from '../../api/contract.ts';
import { ExactField } from '../../ui/field.tsx';
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
        <ExactField
          label={text.action}
          placeholder={text.actionHint}
          value={action}
          maxLength={64}
          onChange={(event) => onChange({ action: event.target.value })}
        />
        <ExactField
          label={text.user}
          value={userId}
          maxLength={64}
          onChange={(event) => onChange({ user: event.target.value })}
        />
      </div>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!entries && !error && <SkeletonRows count={8} />}
      {entries?.length === 0 && <EmptyState text={text.empty} className="border-t border-line" />}
      {entries && entries.length > 0 && (
        <AuditList
          entries={entries}
          renderWho={(entry) => <Who entry={entry} onUser={(user) => onChange({ user })} />}
        />
      )}
      <LoadMore query={query} />
    </>
  );
}

interface WhoProps {
  readonly entry: AuditEntryView;
  readonly onUser: (userId: string) => void;
}

/** Who did it, and to whom; a click narrows the list to them. */
function Who({ entry: { actorId, userId, ip }, onUser }: WhoProps) {
  return (
    <>
      {actorId === null ? (
        (ip === null && text.arena) || text.stranger
      ) : (
        <UserName id={actorId} onClick={() => onUser(actorId)} />
      )}
      {userId !== null && userId !== actorId && (
        <>
          , {text.concerning} <UserName id={userId} onClick={() => onUser(userId)} />,
        </>
      )}
    </>
  );
}

/** The name, as far as the list of users that is at hand knows it. */
function UserName({ id, onClick }: { id: string; onClick: () => void }) {
  const { data } = useInfiniteQuery({ ...usersQuery(''), staleTime: 60_000 });
  const user = data?.pages.flatMap(({ items }) => items).find((item) => item.id === id);
  const name = user?.username ?? id;
  return (
    <button type="button" title={text.onlyOf(name)} onClick={onClick} className="break-all hover:text-accent">
      {name}
    </button>
  );
}
