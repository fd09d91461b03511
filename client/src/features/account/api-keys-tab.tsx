import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { call, type AnswerOf } from '../../api/call.ts';
import { apiKeysQuery, ownKeys } from '../../api/own-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DeleteDialog } from '../../ui/delete-dialog.tsx';
import { accountText } from '../../ui/messages/account.ts';
import { DeleteButton } from '../../ui/row-actions.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useWallNow, WallTime } from '../../ui/wall-time.tsx';
import { ApiKeyDialog } from './api-key-dialog.tsx';

const text = accountText.keys;
type ApiKey = AnswerOf<'listApiKeys'>['items'][number];

export function ApiKeysTab() {
  const { data, error, refetch } = useQuery(apiKeysQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [deleted, setDeleted] = useState<ApiKey | null>(null);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={3} />;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 p-4">
        <p className="text-sm text-muted">
          {text.lead}{' '}
          <a href="/api/v2/docs" className="text-accent hover:underline">
            {text.docs}
          </a>
        </p>
        <Button variant="solid" onClick={() => setIsMaking(true)}>
          <Plus aria-hidden="true" /> {text.make}
        </Button>
      </div>
      {data.length === 0 && <EmptyState text={text.empty} className="border-t border-line" />}
      <ul className="divide-y divide-line border-t border-line empty:border-0">
        {data.map((key) => (
          <KeyRow key={key.id} apiKey={key} onDelete={() => setDeleted(key)} />
        ))}
      </ul>
      <ApiKeyDialog isOpen={isMaking} onClose={() => setIsMaking(false)} />
      {deleted && (
        <DeleteDialog
          title={text.deleteTitle(deleted.name)}
          lead={text.deleteLead}
          done={text.deleted}
          listKey={ownKeys.apiKeys}
          send={() => call('deleteApiKey', { params: { id: deleted.id } })}
          onClose={() => setDeleted(null)}
        />
      )}
    </>
  );
}

function KeyRow({ apiKey, onDelete }: { apiKey: ApiKey; onDelete: () => void }) {
  const { name, prefix, scope, lastUsedAt, expiresAt } = apiKey;
  const now = useWallNow();
  const isOver = expiresAt !== null && expiresAt <= now;
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          <Badge tone={scope === 'trade' ? 'accent' : 'outline'}>{text.scopes[scope]}</Badge>
          {isOver && <Badge tone="warn">{text.over}</Badge>}
        </p>
        <p className="text-sm text-muted">
          <code className="font-mono text-xs">{prefix}…</code> ·{' '}
          {lastUsedAt === null ? text.neverUsed : <WallTime at={lastUsedAt} say={text.used} />}
          {expiresAt !== null && !isOver && (
            <>
              {' '}
              · <WallTime at={expiresAt} say={text.until} />
            </>
          )}
        </p>
      </div>
      <DeleteButton label={text.deleteOf(name)} onClick={onDelete} />
    </li>
  );
}
