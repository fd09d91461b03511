import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { loadPart } from '../ui/load-part.ts';
import { root, searchOf } from './root.tsx';
import { accountSearch, adminSearch, enterSearch, providersSearch } from './search.ts';

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  ...searchOf(enterSearch),
  component: lazyRouteComponent(() => loadPart(() => import('../features/auth/login-page.tsx')), 'LoginPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  ...searchOf(enterSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/auth/register-page.tsx')),
    'RegisterPage',
  ),
});

const recover = createRoute({
  getParentRoute: () => root,
  path: '/recover',
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/auth/recover-page.tsx')),
    'RecoverPage',
  ),
});

const myBots = createRoute({
  getParentRoute: () => root,
  path: '/me',
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/own/my-bots-page.tsx')),
    'MyBotsPage',
  ),
});

const newBot = createRoute({
  getParentRoute: () => root,
  path: '/me/new',
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/own/new-bot-page.tsx')),
    'NewBotPage',
  ),
});

const editBot = createRoute({
  getParentRoute: () => root,
  path: '/me/bots/$botId/edit',
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/own/edit-bot-page.tsx')),
    'EditBotPage',
  ),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  ...searchOf(accountSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/account/account-page.tsx')),
    'AccountPage',
  ),
});

const providers = createRoute({
  getParentRoute: () => root,
  path: '/providers',
  ...searchOf(providersSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/providers/providers-page.tsx')),
    'ProvidersPage',
  ),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  ...searchOf(adminSearch),
  component: lazyRouteComponent(
    () => loadPart(() => import('../features/admin/admin-page.tsx')),
    'AdminPage',
  ),
});

/** What people do with accounts: each page is loaded when it is opened. */
export const USER_ROUTES = [
  login,
  register,
  recover,
  myBots,
  newBot,
  editBot,
  account,
  providers,
  admin,
] as const;
