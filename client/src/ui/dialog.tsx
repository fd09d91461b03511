import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

interface DialogProps {
  readonly title: string;
  /** What it is about, where the title does not say it all. */
  readonly lead?: ReactNode;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A dialog that asks for something begins where it is typed, not at its button to close. */
function focusFirstField(event: Event): void {
  const { currentTarget } = event;
  const field =
    currentTarget instanceof HTMLElement
      ? currentTarget.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea')
      : null;
  if (!field) return;
  event.preventDefault();
  field.focus();
}

/**
 * A modal dialog. The backdrop is a plain element: Radix' own overlay locks scrolling with a <style> element, which
 * the content security policy forbids.
 */
export function Dialog({ title, lead, isOpen, onOpenChange, isWide = false, children }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-40 animate-appear bg-black/60" />
        <Radix.Content
          {...(lead === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusFirstField}
          className={cn(
            'fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] -translate-x-1/2 -translate-y-1/2 animate-appear overflow-y-auto rounded-lg border border-line-strong bg-surface p-4 shadow-xl',
            isWide ? 'w-[min(36rem,calc(100vw-2rem))]' : 'w-[min(26rem,calc(100vw-2rem))]',
          )}
        >
          <div className="mb-3 flex items-center justify-between gap-2">
            <Radix.Title className="min-w-0 text-base font-semibold break-words">{title}</Radix.Title>
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" aria-label={messages.help.close}>
                <X aria-hidden="true" />
              </Button>
            </Radix.Close>
          </div>
          {lead !== undefined && (
            <Radix.Description className="mb-4 text-sm text-soft">{lead}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
