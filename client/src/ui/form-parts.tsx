import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

/** What is wrong with the whole form. */
export function FormError({ error }: { error: string | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {error !== undefined && (
        <p className="rounded-md border border-loss bg-loss-wash px-3 py-2 text-sm">{error}</p>
      )}
    </div>
  );
}

interface SubmitProps extends ComponentProps<typeof Button> {
  readonly isBusy: boolean;
}

/** Stays where the focus is while it works, and says that it does. */
export function SubmitButton({ isBusy, children, className, ...props }: SubmitProps) {
  return (
    <Button
      type="submit"
      variant="solid"
      aria-disabled={isBusy || undefined}
      className={cn('relative h-10', className)}
      {...props}
    >
      <span className={cn('inline-flex items-center gap-2', isBusy && 'opacity-40')}>{children}</span>
      {isBusy && (
        <LoaderCircle
          aria-label={messages.form.sending}
          className="absolute animate-spin motion-reduce:animate-none"
        />
      )}
    </Button>
  );
}

/** A part of a long form or settings page. */
export function Section({
  title,
  lead,
  children,
  className,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={cn('rounded-lg border border-line bg-surface p-4', className)}>
      <h2 className="text-base font-semibold">{title}</h2>
      {lead !== undefined && <p className="mt-0.5 mb-3 text-sm text-muted">{lead}</p>}
      <div className={cn('flex flex-col gap-4', lead === undefined && 'mt-3')}>{children}</div>
    </section>
  );
}
