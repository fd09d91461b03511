import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { orphansQuery } from '../../api/admin-queries.ts';
import { call, type AnswerOf } from '../../api/call.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { count } from '../../ui/format.ts';
import { adminText } from '../../ui/messages/admin.ts';
import { notify } from '../../ui/notices.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';

const text = adminText.care;
type Orphans = AnswerOf<'listOrphans'>['items'][number];

export function CareTab() {
  return (
    <div className="divide-y divide-line">
      <OrphansPart />
      <DemoPart />
    </div>
  );
}

function OrphansPart() {
  const { data, error, refetch } = useQuery(orphansQuery);
  return (
    <section className="p-4">
      <h2 className="text-base font-semibold">{text.orphans}</h2>
      <p className="text-sm text-muted">{text.orphansLead}</p>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows count={3} />}
      {data?.every((kind) => kind.count === 0) && <EmptyState text={text.noOrphans} />}
      <ul className="mt-3 flex flex-col gap-3">
        {data
          ?.filter((kind) => kind.count > 0)
          .map((kind) => (
            <OrphanRow key={kind.kind} orphans={kind} />
          ))}
      </ul>
    </section>
  );
}

function OrphanRow({ orphans: { kind, description, count: total, sample } }: { orphans: Orphans }) {
  return (
    <li>
      <p className="flex items-center gap-2 font-medium">
        {kind} <Badge tone="warn">{count(total)}</Badge>
      </p>
      <p className="text-sm text-muted">{description}</p>
      {sample.length > 0 && (
        <details>
          <summary className="w-fit text-xs text-muted hover:text-text">{text.sample}</summary>
          <ul className="mt-1 rounded-md bg-bg p-2 font-mono text-xs break-all text-soft">
            {sample.map(({ id, note }) => (
              <li key={id}>
                {id} {note}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function DemoPart() {
  const queries = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <section className="p-4">
      <h2 className="text-base font-semibold">{text.demo}</h2>
      <p className="mb-3 text-sm text-muted">{text.demoLead}</p>
      <Button variant="danger" onClick={() => setIsAsked(true)}>
        {text.demoAction}
      </Button>
      <ConfirmDialog
        title={text.demoTitle}
        lead={text.demoDialog}
        action={text.demoAction}
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        onConfirm={async () => {
          const { bots } = await call('removeDemo');
          notify(text.demoDone(count(bots)));
          await queries.invalidateQueries();
        }}
      />
    </section>
  );
}
