import { Search } from 'lucide-react';
import { cn } from './cn.ts';

/** What the server takes at most. */
export const SEARCH_LENGTH = 100;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string;
}

/** The key `/` leads here. */
export function SearchField({ label, value, onChange, className }: SearchFieldProps) {
  return (
    <div className={cn('relative', className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={SEARCH_LENGTH}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 w-full rounded-md border border-line-strong bg-surface pr-8 pl-9 text-sm text-text placeholder:text-muted"
      />
      <kbd
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 hidden -translate-y-1/2 rounded-sm border border-line-strong px-1.5 text-xs text-muted lg:block"
      >
        /
      </kbd>
    </div>
  );
}
