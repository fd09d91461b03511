// A <datalist> completes no part of a text, and its options take no second line.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { cn } from '../../ui/cn.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import type { Offered, Typing } from './placeholders.ts';
import { rectAt } from './prompt-backdrop.tsx';

const text = thinkingText.prompt;

interface CompletionListProps {
  readonly id: string;
  readonly typing: Typing;
  readonly active: number;
  /** The text of the field, drawn where the field is. */
  readonly backdrop: RefObject<HTMLElement | null>;
  readonly onPick: (offered: Offered) => void;
}

export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

/** What the placeholder being typed may become, below where it begins. The focus stays in the field. */
export function CompletionList({ id, typing, active, backdrop, onPick }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null);
  const { start, matches } = typing;
  useLayoutEffect(() => {
    const letter = backdrop.current && rectAt(backdrop.current, start);
    if (!list.current || !backdrop.current || !letter) return;
    const box = backdrop.current.getBoundingClientRect();
    const left = Math.max(0, Math.min(letter.left - box.left, box.width - list.current.offsetWidth));
    list.current.style.left = `${left}px`;
    list.current.style.top = `${letter.bottom - box.top + 4}px`;
    list.current.scrollIntoView({ block: 'nearest' });
  }, [backdrop, start]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={text.complete}
      className="absolute z-30 max-h-56 w-80 max-w-full overflow-y-auto rounded-lg border border-line-strong bg-surface p-1 shadow-xl"
    >
      {matches.map((offered, index) => (
        // The field has the keyboard; a press here must not take the focus from it.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={offered.code}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(offered)}
          className={cn('cursor-pointer rounded-md px-2 py-1', index === active && 'bg-hover')}
        >
          <code className="block text-xs font-medium break-all text-text">{offered.code}</code>
          <span className="block text-xs text-muted">{offered.stands}</span>
        </div>
      ))}
    </div>
  );
}
