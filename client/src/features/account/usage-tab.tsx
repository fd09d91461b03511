import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../../api/own-queries.ts';
import { cn } from '../../ui/cn.ts';
import { count, money } from '../../ui/format.ts';
import { accountText } from '../../ui/messages/account.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { WallTime } from '../../ui/wall-time.tsx';

const text = accountText.usage;
/** From here on a bar says that little is left. */
const NEARLY_USED = 0.9;

export function UsageTab() {
  const { data, error, refetch } = useQuery(usageQuery);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={5} />;
  if (data.length === 0) return <EmptyState text={text.empty} />;
  return (
    <div className="p-4">
      <p className="mb-4 text-sm text-muted">{text.lead}</p>
      <ul className="grid gap-x-8 gap-y-5 md:grid-cols-2">
        {data.map(({ kind, used, limit, resetsAt }) => {
          const part = limit === 0 ? 1 : Math.min(1, used / limit);
          const label = text.kinds[kind] ?? kind;
          const shown = kind.endsWith('-usd') ? money : count;
          return (
            <li key={kind}>
              <div className="flex items-baseline justify-between gap-2 text-sm">
                <span className="font-medium">{label}</span>
                <span className="nums text-muted">{text.of(shown(used), shown(limit))}</span>
              </div>
              <div aria-hidden="true" className="mt-1 h-2 overflow-hidden rounded-full bg-raised">
                <div
                  className={cn('h-full rounded-full', part >= NEARLY_USED ? 'bg-warn' : 'bg-accent')}
                  style={{ width: `${part * 100}%` }}
                />
              </div>
              {resetsAt !== null && used > 0 && (
                <p className="mt-1 text-xs text-muted">
                  <WallTime at={resetsAt} say={text.resets} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
