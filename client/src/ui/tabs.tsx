import { Tabs as Radix } from 'radix-ui';
import { useEffect, useRef, type ComponentProps } from 'react';
import { cn } from './cn.ts';

export const Tabs = Radix.Root;

/** Tabs that do not fit scroll; the one an address names begins in sight. */
export function TabList({ className, ...props }: ComponentProps<typeof Radix.List>) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const active = list.current?.querySelector<HTMLElement>('[data-state="active"]');
    if (active && list.current) list.current.scrollLeft = active.offsetLeft - list.current.clientWidth / 2;
  }, []);
  return (
    <Radix.List
      ref={list}
      className={cn('relative flex gap-1 overflow-x-auto border-b border-line px-2', className)}
      {...props}
    />
  );
}

export function Tab({ className, ...props }: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Trigger
      className={cn(
        '-mb-px h-11 border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap sm:px-3 font-medium text-muted transition-colors outline-offset-[-2px] hover:text-text data-[state=active]:border-accent data-[state=active]:text-text',
        className,
      )}
      {...props}
    />
  );
}

export function TabPanel({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content className={cn('outline-offset-[-2px]', className)} {...props} />;
}
