import { Button } from './button.tsx';
import { messages } from './messages.ts';

interface LoadMoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** The next page of a list, by hand: a list that grows by itself cannot be scrolled past. */
export function LoadMore({ query }: LoadMoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className="flex flex-col items-center gap-2 p-3">
      {query.isFetchNextPageError && <p className="text-sm text-loss">{messages.errors.title}</p>}
      <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {query.isFetchingNextPage ? messages.bot.loading : messages.bot.more}
      </Button>
    </div>
  );
}
