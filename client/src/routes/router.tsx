import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  type ErrorComponentProps,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import { ArenaPage } from '../features/arena/arena-page.tsx';
import { Button, buttonStyle } from '../ui/button.tsx';
import { loadPart } from '../ui/load-part.ts';
import { messages } from '../ui/messages.ts';
import { EmptyState } from '../ui/states.tsx';
import { RootLayout } from './root-layout.tsx';
import { arenaSearch, boardSearch, botSearch, listSearch, marketSearch } from './search.ts';

interface SearchContext<Search> {
  readonly search: Search;
  readonly next: (search: Search) => Search;
}

/** Every parameter may be left out of a link, and what has its default stays out of the address. */
function searchOf<Search extends object>(parse: (raw: Record<string, unknown>) => Search) {
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

function PageError({ error }: ErrorComponentProps) {
  return (
    <EmptyState
      text={`${messages.errors.page} ${messages.errors.pageHint} (${error instanceof Error ? error.message : String(error)})`}
      className="py-24"
    >
      <Button onClick={() => location.reload()}>{messages.errors.reload}</Button>
    </EmptyState>
  );
}

const root = createRootRoute({ component: RootLayout, notFoundComponent: NotFound });

const arena = createRoute({
  getParentRoute: () => root,
  path: '/',
  ...searchOf(arenaSearch),
  component: ArenaPage,
});

const leaderboard = createRoute({
  getParentRoute: () => root,
  path: '/leaderboard',
  ...searchOf(boardSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/leaderboard/leaderboard-page.tsx')),
    'LeaderboardPage',
  ),
});

const bots = createRoute({
  getParentRoute: () => root,
  path: '/bots',
  ...searchOf(listSearch),
  component: lazyRouteComponent(() => loadPart(() => import('../features/bot/bots-page.tsx')), 'BotsPage'),
});

const bot = createRoute({
  getParentRoute: () => root,
  path: '/bots/$botId',
  ...searchOf(botSearch),
  component: lazyRouteComponent(() => loadPart(() => import('../features/bot/bot-page.tsx')), 'BotPage'),
});

const markets = createRoute({
  getParentRoute: () => root,
  path: '/markets',
  ...searchOf(listSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/markets/markets-page.tsx')),
    'MarketsPage',
  ),
});

const market = createRoute({
  getParentRoute: () => root,
  path: '/markets/$symbol',
  ...searchOf(marketSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/markets/market-page.tsx')),
    'MarketPage',
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([arena, leaderboard, bots, bot, markets, market]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageError,
  defaultPendingMs: 400,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
