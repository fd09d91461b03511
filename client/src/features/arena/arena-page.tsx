import { getRouteApi } from '@tanstack/react-router';
import { EquityPanel, useShapes } from './equity-panel.tsx';
import { Feed } from './feed.tsx';
import { LeaderCard } from './leader-card.tsx';
import { LeaderboardPanel } from './leaderboard-panel.tsx';
import { messages } from '../../ui/messages.ts';

const route = getRouteApi('/');

/** The contest at one glance: curves, board, and what just happened. */
export function ArenaPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const shapes = useShapes(search.range);
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  return (
    <>
      <title>{messages.product}</title>
      <h1 className="sr-only">{messages.arena.title}</h1>
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_380px] xl:grid-cols-[minmax(0,1fr)_450px]">
        <LeaderCard period={search.period} className="lg:hidden" />
        <EquityPanel
          period={search.period}
          range={search.range}
          unit={search.unit}
          view={search.view}
          onChange={change}
        />
        <LeaderboardPanel period={search.period} onPeriod={(period) => change({ period })} shapes={shapes} />
      </div>
      <div className="mt-3">
        <Feed filter={search.feed} onFilter={(feed) => change({ feed })} />
      </div>
    </>
  );
}
