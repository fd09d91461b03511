import type { ReactNode } from 'react';
import type { AuditEntryView } from '../../api/contract.ts';
import { accountText, actionText } from '../../ui/messages/account.ts';
import { WallTime } from '../../ui/wall-time.tsx';

const text = accountText.log;

interface AuditListProps {
  readonly entries: readonly AuditEntryView[];
  /** Who did it, and whom it concerned. */
  readonly renderWho: (entry: AuditEntryView) => ReactNode;
}

/** What was done, newest first; the details are a click away. */
export function AuditList({ entries, renderWho }: AuditListProps) {
  return (
    <ol className="divide-y divide-line border-t border-line">
      {entries.map((entry) => (
        <li key={entry.id} className="px-4 py-2.5">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <WallTime at={entry.createdAt} className="nums w-24 shrink-0 text-xs text-muted" />
            <p className="min-w-0 flex-1 basis-60 text-sm">
              <span className="font-medium">{renderWho(entry)}</span>{' '}
              {actionText[entry.action] ?? entry.action}
              {entry.ip !== null && <span className="text-muted"> {text.from(entry.ip)}</span>}
            </p>
          </div>
          {Object.keys(entry.details).length > 0 && <Details entry={entry} />}
        </li>
      ))}
    </ol>
  );
}

function Details({ entry: { subjectType, subjectId, details } }: { entry: AuditEntryView }) {
  return (
    <details className="sm:pl-27">
      <summary className="w-fit text-xs text-muted hover:text-text">{text.details}</summary>
      <pre className="mt-1 max-h-48 overflow-auto rounded-md bg-bg p-2 font-mono text-xs break-words whitespace-pre-wrap text-soft">
        {`${subjectType} ${subjectId}\n${JSON.stringify(details, null, 2)}`}
      </pre>
    </details>
  );
}
