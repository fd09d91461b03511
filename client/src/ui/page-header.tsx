import type { ReactNode } from 'react';
import { messages } from './messages.ts';

export function PageHeader({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children?: ReactNode;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-end gap-3">
      <title>{messages.titleOf(title)}</title>
      <div className="mr-auto min-w-0">
        <h1 className="text-lg font-semibold">{title}</h1>
        {lead !== undefined && <p className="text-sm text-muted">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
