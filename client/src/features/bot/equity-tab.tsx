import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import type { BotDetail, EquityPoint, Range } from '../../api/contract.ts';
import { snapshotsQuery } from '../../api/queries.ts';
import { useLive } from '../../live/context.tsx';
import { RANGE_MS } from '../../live/patch.ts';
import { Fact } from '../../ui/fact.tsx';
import { money, percent } from '../../ui/format.ts';
import { toneOf } from '../../ui/live-number.tsx';
import { loadPart } from '../../ui/load-part.ts';
import { messages } from '../../ui/messages.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { alignCurves, curveFigures } from '../arena/equity-data.ts';
import { RANGES } from '../arena/equity-panel.tsx';
import { useBotColors } from './bot-identity.tsx';

const EquityChart = lazy(() => loadPart(() => import('../arena/equity-chart.tsx')));

interface EquityTabProps {
  readonly bot: BotDetail;
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}

/** One bot's own curve with the figures that describe it. */
export function EquityTab({ bot, range, onRange }: EquityTabProps) {
  const { clock } = useLive();
  const from = () => (range === 'all' ? null : Math.floor(clock.now() - RANGE_MS[range]));
  const { data, isError, error, refetch } = useQuery({
    ...snapshotsQuery(bot.id, range, from),
    placeholderData: keepPreviousData,
  });
  const color = useBotColors()(bot.id);
  const curve = useMemo(() => {
    const points = (data?.items ?? []).map(({ timestamp, totalValue }): EquityPoint => [
      timestamp,
      totalValue,
    ]);
    return { botId: bot.id, points: points.sort((a, b) => a[0] - b[0]) };
  }, [data, bot.id]);
  const aligned = useMemo(() => alignCurves([curve]), [curve]);
  const styles = useMemo(
    () => [{ name: bot.name, variable: color, isLeader: true, isReference: false }],
    [bot.name, color],
  );
  const [figures] = curveFigures([curve]);
  return (
    <div className="p-4">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <dl className="flex flex-wrap gap-x-8 gap-y-2">
          <Fact label={messages.arena.start}>{money(figures?.first)}</Fact>
          <Fact label={messages.arena.end}>{money(figures?.last)}</Fact>
          <Fact label={messages.arena.change}>
            <span className={toneOf(figures?.change)}>{percent(figures?.change)}</span>
          </Fact>
          <Fact label={messages.arena.low}>{money(figures?.low)}</Fact>
          <Fact label={messages.arena.high}>{money(figures?.high)}</Fact>
        </dl>
        <Segmented label={messages.arena.range} options={RANGES} value={range} onChange={onRange} />
      </div>
      <div className="h-72">
        {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} className="h-full" />}
        {!data && !isError && <Skeleton className="size-full" />}
        {data && curve.points.length === 0 && (
          <EmptyState text={messages.arena.emptyEquity} className="h-full" />
        )}
        {curve.points.length > 0 && (
          <Suspense fallback={<Skeleton className="size-full" />}>
            <EquityChart
              curves={aligned}
              styles={styles}
              unit="usd"
              summary={messages.bot.equitySummary(bot.name, money(figures?.first), money(figures?.last))}
            />
          </Suspense>
        )}
      </div>
    </div>
  );
}
