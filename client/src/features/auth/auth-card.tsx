import type { ReactNode } from 'react';
import { messages } from '../../ui/messages.ts';
import { Panel } from '../../ui/panel.tsx';

interface AuthCardProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** One narrow form in the middle of the page. */
export function AuthCard({ title, lead, children }: AuthCardProps) {
  return (
    <div className="mx-auto w-full max-w-md py-4 sm:py-12">
      <title>{messages.titleOf(title)}</title>
      <Panel className="p-5 sm:p-6">
        <h1 className="text-lg font-semibold">{title}</h1>
        {lead !== undefined && <p className="mt-1 text-sm text-soft">{lead}</p>}
        <div className="mt-5 flex flex-col gap-5">{children}</div>
      </Panel>
    </div>
  );
}
