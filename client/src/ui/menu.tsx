import { DropdownMenu } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

interface MenuProps {
  /** An element that takes a ref. */
  readonly trigger: ReactNode;
  readonly label: string;
  readonly children: ReactNode;
}

/** A menu that opens from a button. It does not lock scrolling: that would need a <style> the CSP forbids. */
export function Menu({ trigger, label, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-48 animate-appear rounded-lg border border-line-strong bg-surface p-1 shadow-xl"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({
  tone = 'plain',
  className,
  ...props
}: ComponentProps<typeof DropdownMenu.Item> & { tone?: 'plain' | 'danger' }) {
  return (
    <DropdownMenu.Item
      className={cn(
        'flex min-h-10 cursor-pointer items-center gap-2 rounded-md px-2 text-sm outline-none select-none data-disabled:cursor-default data-disabled:opacity-50 data-highlighted:bg-hover sm:min-h-8 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted',
        tone === 'danger' && 'text-loss [&_svg]:text-loss',
        className,
      )}
      {...props}
    />
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="max-w-64 truncate px-2 py-1.5 text-xs text-muted">
    {children}
  </DropdownMenu.Label>
);

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
