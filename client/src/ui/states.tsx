import { CircleAlert, Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { RequestError } from '../api/client.ts';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

/** Nothing here yet, and what will bring something. */
export function EmptyState({
  text,
  className,
  children,
}: {
  text: string;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div className={cn('flex flex-col items-center justify-center gap-3 px-4 py-10 text-center', className)}>
      <Inbox aria-hidden="true" className="size-6 text-muted" />
      <p className="max-w-sm text-sm text-muted">{text}</p>
      {children}
    </div>
  );
}

interface ErrorStateProps {
  readonly error: Error;
  readonly onRetry: () => void;
  readonly className?: string;
}

export function ErrorState({ error, onRetry, className }: ErrorStateProps) {
  const requestId = error instanceof RequestError ? error.requestId : null;
  return (
    <div
      role="alert"
      className={cn('flex flex-col items-center justify-center gap-3 px-4 py-10 text-center', className)}
    >
      <CircleAlert aria-hidden="true" className="size-6 text-loss" />
      <div className="max-w-sm">
        <p className="text-sm font-medium">{messages.errors.title}</p>
        <p className="text-sm text-muted">{error.message}</p>
        {requestId !== null && (
          <p className="mt-1 text-xs text-muted">{messages.errors.request(requestId)}</p>
        )}
      </div>
      <Button onClick={onRetry}>{messages.errors.retry}</Button>
    </div>
  );
}
