import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { ArenaPage } from '../features/arena/arena-page.tsx';
import { Button } from '../ui/button.tsx';
import { loadPart } from '../ui/load-part.ts';
import { messages } from '../ui/messages.ts';
import { EmptyState } from '../ui/states.tsx';
import { root, searchOf } from './root.tsx';
import { arenaSearch, boardSearch, botSearch, listSearch, marketSearch, modelsSearch } from './search.ts';
import { USER_ROUTES } from './user-routes.ts';

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

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  ...searchOf(modelsSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/models/models-page.tsx')),
    'ModelsPage',
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
  routeTree: root.addChildren([arena, leaderboard, models, bots, bot, markets, market, ...USER_ROUTES]),
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
