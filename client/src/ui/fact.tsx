import type { ReactNode } from 'react';
import { cn } from './cn.ts';

interface FactProps {
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A labelled figure; belongs in a <dl>. */
export function Fact({ label, hint, children, className }: FactProps) {
  return (
    <div className={cn('min-w-0', className)} title={hint}>
      <dt className="text-xs whitespace-nowrap text-muted">{label}</dt>
      <dd className="nums text-sm font-medium">{children}</dd>
    </div>
  );
}
