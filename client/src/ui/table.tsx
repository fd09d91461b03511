import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

/** A table that may be wider than the screen says so and scrolls by itself. */
export function Table({ className, label, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section aria-label={label} tabIndex={0} className="relative overflow-x-auto -outline-offset-2">
      <table className={cn('w-full border-collapse text-sm', className)} {...props} />
    </section>
  );
}

export function ScrollNote() {
  return <p className="px-4 pb-2 text-xs text-muted lg:hidden">{messages.board.scrollNote} →</p>;
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn(
        'h-9 border-b border-line px-3 text-left text-xs font-medium whitespace-nowrap text-muted',
        className,
      )}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<'td'>) {
  return <td className={cn('h-11 border-b border-line px-3 whitespace-nowrap', className)} {...props} />;
}

export interface Sorting<Column extends string> {
  readonly column: Column;
  readonly isDescending: boolean;
}

interface SortableThProps<Column extends string> {
  readonly column: Column;
  readonly label: string;
  readonly hint?: string;
  readonly sorting: Sorting<Column>;
  readonly onSort: (column: Column) => void;
  readonly className?: string;
}

export function SortableTh<Column extends string>(props: SortableThProps<Column>) {
  const { column, label, hint, sorting, onSort, className } = props;
  const isActive = sorting.column === column;
  const Icon = !isActive ? ArrowUpDown : sorting.isDescending ? ArrowDown : ArrowUp;
  return (
    <Th
      aria-sort={!isActive ? 'none' : sorting.isDescending ? 'descending' : 'ascending'}
      className={className}
      title={hint}
    >
      <button
        type="button"
        onClick={() => onSort(column)}
        aria-label={messages.board.sortBy(label)}
        className={cn('inline-flex items-center gap-1 hover:text-text', isActive && 'text-text')}
      >
        {label}
        <Icon aria-hidden="true" className={cn('size-3', !isActive && 'opacity-40')} />
      </button>
    </Th>
  );
}
