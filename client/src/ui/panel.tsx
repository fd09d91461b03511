import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

export function Panel({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('min-w-0 rounded-lg border border-line bg-surface', className)} {...props} />;
}

/** Title on the left, controls on the right; wraps on narrow screens. */
export function PanelHeader({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
      <h2 className="mr-auto text-sm font-semibold text-text">{title}</h2>
      {children}
    </header>
  );
}
