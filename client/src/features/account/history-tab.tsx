import { useInfiniteQuery } from '@tanstack/react-query';
import { ownAuditQuery } from '../../api/own-queries.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { accountText } from '../../ui/messages/account.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { AuditList } from './audit-list.tsx';

const text = accountText.log;

export function HistoryTab({ userId }: { userId: string }) {
  const query = useInfiniteQuery(ownAuditQuery);
  const { data, error, refetch } = query;
  const entries = data?.pages.flatMap(({ items }) => items);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!entries) return <SkeletonRows count={8} />;
  if (entries.length === 0) return <EmptyState text={text.empty} />;
  return (
    <>
      <p className="p-4 text-sm text-muted">{text.lead}</p>
      <AuditList
        entries={entries}
        renderWho={({ actorId }) =>
          actorId === userId ? text.by.self : actorId === null ? text.by.arena : text.by.other
        }
      />
      <LoadMore query={query} />
    </>
  );
}
