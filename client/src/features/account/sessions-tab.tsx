import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call, type AnswerOf } from '../../api/call.ts';
import { ownKeys, sessionsQuery } from '../../api/own-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { accountText } from '../../ui/messages/account.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { WallTime } from '../../ui/wall-time.tsx';
import { useAct } from '../../ui/use-act.ts';
import { browserName } from './user-agent.ts';

const text = accountText.sessions;
type Session = AnswerOf<'listSessions'>['items'][number];

export function SessionsTab() {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(sessionsQuery);
  const endOthers = useAct(
    () => call('endOtherSessions'),
    () => {
      void queries.invalidateQueries({ queryKey: ownKeys.sessions });
      return text.endedOthers;
    },
  );
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={3} />;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 p-4">
        <p className="text-sm text-muted">{text.lead}</p>
        {data.length > 1 && (
          <Button onClick={endOthers.run} aria-disabled={endOthers.isBusy || undefined}>
            {text.endOthers}
          </Button>
        )}
      </div>
      <ul className="divide-y divide-line border-t border-line">
        {data.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </>
  );
}

function SessionRow({
  session: { id, isCurrent, ip, userAgent, lastUsedAt, createdAt },
}: {
  session: Session;
}) {
  const queries = useQueryClient();
  const end = useAct(
    () => call('endSession', { params: { id } }),
    () => {
      void queries.invalidateQueries({ queryKey: ownKeys.sessions });
      return text.ended;
    },
  );
  const name = browserName(userAgent);
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium" title={userAgent}>
          {name} {isCurrent && <Badge tone="accent">{text.current}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {ip} · <WallTime at={lastUsedAt} say={text.used} /> · <WallTime at={createdAt} say={text.since} />
        </p>
      </div>
      {!isCurrent && (
        <Button onClick={end.run} aria-disabled={end.isBusy || undefined} aria-label={text.endOf(name)}>
          {text.end}
        </Button>
      )}
    </li>
  );
}
