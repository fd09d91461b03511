import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

/** A grey bar where something will be; it shows only when the wait is longer than 400 ms. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div aria-hidden="true" className={cn('animate-late', className)} {...props}>
      <div className="size-full min-h-3 animate-pulse-soft rounded-sm bg-raised" />
    </div>
  );
}

/** Rows of the height the real ones have. */
export function SkeletonRows({ count, className }: { count: number; className?: string }) {
  return (
    <div aria-busy="true" className="divide-y divide-line border-t border-line">
      <output className="sr-only">{messages.bot.loading}</output>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={cn('flex h-11 items-center gap-3 px-4', className)}>
          <Skeleton className="size-6" />
          <Skeleton className="h-3 w-1/3" />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
