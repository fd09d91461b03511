import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  Bot,
  ChartCandlestick,
  CircleHelp,
  CircleUserRound,
  LayoutDashboard,
  Moon,
  Sun,
  Trophy,
} from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { MarketBadge, ConnectionBadge } from '../features/markets/market-badge.tsx';
import { MarketStrip } from '../features/markets/market-strip.tsx';
import { UserCorner } from '../features/session/user-corner.tsx';
import { useUser } from '../features/session/use-me.ts';
import { useSession } from '../features/session/use-session.ts';
import { useArenaRoom, useMarketStatus, useNow } from '../live/context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { loadPart } from '../ui/load-part.ts';
import { messages } from '../ui/messages.ts';
import { currentNotices, subscribeToNotices } from '../ui/notices.ts';
import { focusSearch, useShortcuts } from '../ui/shortcuts.ts';
import { toggleTheme, useTheme } from '../ui/theme.ts';
import { exactTime, zone } from '../ui/time.ts';
import { Hint } from '../ui/tooltip.tsx';

const NoticeList = lazy(async () => ({
  default: (await loadPart(() => import('../ui/notice-list.tsx'))).NoticeList,
}));

const text = messages.nav;

/** What every page stands in: prices on top, navigation, the page, the small print. */
export function RootLayout() {
  useArenaRoom();
  useSession();
  useFocusOnNavigation();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  useNavigationKeys(() => setIsHelpOpen(true));
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {messages.skip}
      </a>
      <TopBar onHelp={() => setIsHelpOpen(true)} />
      <MarketStrip />
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-[1720px] flex-1 p-3 outline-none lg:p-4">
        <Outlet />
      </main>
      <Footer />
      <BottomBar />
      <HelpDialog isOpen={isHelpOpen} onOpenChange={setIsHelpOpen} />
      <Notices />
    </div>
  );
}

/** Loaded with the first thing there is to tell, and there from then on. */
function Notices() {
  const hasAny = useSyncExternalStore(subscribeToNotices, () => currentNotices().length > 0);
  const [isNeeded, setIsNeeded] = useState(false);
  if (hasAny && !isNeeded) setIsNeeded(true);
  return isNeeded ? (
    <Suspense>
      <NoticeList />
    </Suspense>
  ) : null;
}

/** A new page begins at its start for the keyboard and for screen readers too. */
function useFocusOnNavigation(): void {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
  }, [path]);
}

function useNavigationKeys(openHelp: () => void): void {
  const navigate = useNavigate();
  useShortcuts({
    'g a': () => void navigate({ to: '/' }),
    'g l': () => void navigate({ to: '/leaderboard' }),
    'g b': () => void navigate({ to: '/bots' }),
    'g m': () => void navigate({ to: '/markets' }),
    'g u': () => void navigate({ to: '/me' }),
    '/': () => {
      if (focusSearch()) return;
      void navigate({ to: '/bots' }).then(() => requestAnimationFrame(focusSearch));
    },
    '?': openHelp,
  });
}

const PAGES = [
  { to: '/', label: text.arena, short: text.arena, Icon: LayoutDashboard },
  { to: '/leaderboard', label: text.leaderboard, short: text.board, Icon: Trophy },
  { to: '/bots', label: text.bots, short: text.bots, Icon: Bot },
  { to: '/markets', label: text.markets, short: text.markets, Icon: ChartCandlestick },
] as const;

const OWN_PAGE = {
  to: '/me',
  label: messages.session.myBots,
  short: messages.session.me,
  Icon: CircleUserRound,
} as const;

/** The thumb's four; markets are in the strip on top, models behind the leaderboard. */
const THUMB_PAGES = [...PAGES.filter(({ to }) => to !== '/markets'), OWN_PAGE] as const;

const MODELS_PAGE = { to: '/models', label: text.models } as const;
/** Narrow screens reach them by the strip on top and from the leaderboard. */
const WIDE_PAGES: readonly string[] = ['/markets', '/models'];

function TopBar({ onHelp }: { onHelp: () => void }) {
  const pages = [...PAGES, MODELS_PAGE, ...(useUser() ? [OWN_PAGE] : [])];
  return (
    <header className="flex h-14 items-center gap-2 border-b border-line bg-surface px-3 lg:gap-4 lg:px-4">
      <Link to="/" className="flex items-center gap-2 text-base font-semibold">
        <Logo />
        {messages.product}
      </Link>
      <nav aria-label={text.label} className="hidden md:block">
        <ul className="flex gap-1">
          {pages.map(({ to, label }) => (
            <li key={to} className={WIDE_PAGES.includes(to) ? 'hidden lg:block' : undefined}>
              <Link
                to={to}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                className="block whitespace-nowrap rounded-md px-3 py-1.5 text-sm font-medium text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="ml-auto flex items-center gap-2">
        <ConnectionBadge />
        <MarketBadge />
        <ThemeButton />
        <Hint text={text.help}>
          <Button
            variant="ghost"
            size="icon"
            aria-label={text.help}
            onClick={onHelp}
            className="hidden md:inline-flex"
          >
            <CircleHelp aria-hidden="true" />
          </Button>
        </Hint>
        <UserCorner />
      </div>
    </header>
  );
}

function Logo() {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className="size-6 text-accent">
      <path
        d="M3 16l6-7 4 4 8-10"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M3 21h18" stroke="var(--line-strong)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

function ThemeButton() {
  const isDark = useTheme() === 'dark';
  const label = isDark ? text.toLight : text.toDark;
  return (
    <Hint text={label}>
      <Button variant="ghost" size="icon" aria-label={label} onClick={toggleTheme}>
        {isDark ? <Sun aria-hidden="true" /> : <Moon aria-hidden="true" />}
      </Button>
    </Hint>
  );
}

function Footer() {
  const kind = useMarketStatus()?.kind ?? 'simulated';
  return (
    <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-3 pb-20 text-xs text-muted md:pb-3">
      <span>{messages.footer.note[kind]}</span>
      <span>{messages.footer.zone(zone)}</span>
      <span className="nums md:ml-auto">
        {messages.footer.clock} <Clock />
      </span>
    </footer>
  );
}

function Clock() {
  return <>{exactTime(useNow())}</>;
}

function BottomBar() {
  return (
    <nav
      aria-label={text.label}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="grid grid-cols-4">
        {THUMB_PAGES.map(({ to, short, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className="flex h-14 flex-col items-center justify-center gap-0.5 text-xs text-muted -outline-offset-2 aria-[current=page]:text-accent"
            >
              <Icon aria-hidden="true" className="size-5" />
              {short}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function HelpDialog({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <Dialog title={messages.help.title} isOpen={isOpen} onOpenChange={onOpenChange}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {messages.help.rows.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd
                  key={key}
                  className="grid h-6 min-w-6 place-items-center rounded-sm border border-line-strong bg-raised px-1.5 font-mono text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-sm text-soft">{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
