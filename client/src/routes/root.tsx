import { createRootRoute, Link, type SearchSchemaInput } from '@tanstack/react-router';
import { buttonStyle } from '../ui/button.tsx';
import { messages } from '../ui/messages.ts';
import { EmptyState } from '../ui/states.tsx';
import { RootLayout } from './root-layout.tsx';

interface SearchContext<Search> {
  readonly search: Search;
  readonly next: (search: Search) => Search;
}

/** Every parameter may be left out of a link, and what has its default stays out of the address. */
export function searchOf<Search extends object>(parse: (raw: Record<string, unknown>) => Search) {
  const defaults = new Map<string, unknown>(Object.entries(parse({})));
  const withoutDefaults = ({ search, next }: SearchContext<Search>): Search => {
    const kept = Object.entries(next(search)).filter(([name, value]) => defaults.get(name) !== value);
    return Object.fromEntries(kept) as Search;
  };
  return {
    validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => parse(raw),
    search: { middlewares: [withoutDefaults] },
  };
}

function NotFound() {
  return (
    <EmptyState text={`${messages.notFound.title} ${messages.notFound.hint}`} className="py-24">
      <Link to="/" className={buttonStyle()}>
        {messages.notFound.action}
      </Link>
    </EmptyState>
  );
}

export const root = createRootRoute({ component: RootLayout, notFoundComponent: NotFound });
