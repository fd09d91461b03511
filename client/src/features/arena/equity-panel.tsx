import { ChartLine, Download, Table2 } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import type { BotSummary, Period, Range } from '../../api/contract.ts';
import { useBots, useEquity } from '../../live/context.tsx';
import { Button } from '../../ui/button.tsx';
import { downloadText } from '../../ui/download.ts';
import { money, percent } from '../../ui/format.ts';
import { toneOf } from '../../ui/live-number.tsx';
import { loadPart } from '../../ui/load-part.ts';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Table, Td, Th } from '../../ui/table.tsx';
import { Hint } from '../../ui/tooltip.tsx';
import { BotLink, useBotColors } from '../bot/bot-identity.tsx';
import { LeaderLine } from './leader-card.tsx';
import { sampled } from '../../ui/sparkline-path.ts';
import {
  alignCurves,
  curveFigures,
  toCsv,
  type AlignedCurves,
  type Curve,
  type Unit,
} from './equity-data.ts';

const EquityChart = lazy(() => loadPart(() => import('./equity-chart.tsx')));

export const RANGES = (['1h', '6h', '1d', '1w', 'all'] as const).map((value) => ({
  value,
  label: messages.arena.ranges[value],
}));
const UNITS = (['usd', 'pct', 'log'] as const).map((value) => ({
  value,
  label: messages.arena.units[value],
  hint: messages.arena.unitHints[value],
}));

export interface EquityView {
  readonly range: Range;
  readonly unit: Unit;
  readonly view: 'chart' | 'table';
}

interface EquityPanelProps extends EquityView {
  readonly period: Period;
  readonly onChange: (change: Partial<EquityView>) => void;
}

function exportCsv(curves: AlignedCurves, bots: readonly BotSummary[], range: Range): void {
  const names = curves.botIds.map((id) => bots.find((bot) => bot.id === id)?.name ?? id);
  const rows = curves.times.map((time, row) => [
    new Date(time).toISOString(),
    ...curves.values.map((column) => column[row] ?? null),
  ]);
  downloadText(`equity-${range}.csv`, toCsv(['time', ...names], rows));
}

export function EquityPanel({ range, unit, view, period, onChange }: EquityPanelProps) {
  const { data, isError, error, refetch } = useEquity(range);
  const bots = useBots();
  const series = data?.series;
  const roster = bots.map(({ id }) => id).join();
  const curves = useMemo(
    () =>
      (series ?? []).filter(({ botId, points }) => points.length > 0 && roster.split(',').includes(botId)),
    [series, roster],
  );
  const aligned = useMemo(() => alignCurves(curves), [curves]);
  const isTable = view === 'table';
  return (
    <Panel aria-label={messages.arena.equity}>
      <PanelHeader
        title={
          <span className="flex flex-wrap items-baseline gap-x-3">
            {messages.arena.equity}
            <span className="hidden lg:inline">
              <LeaderLine period={period} />
            </span>
          </span>
        }
      >
        <Segmented
          label={messages.arena.range}
          options={RANGES}
          value={range}
          onChange={(next) => onChange({ range: next })}
        />
        <Segmented
          label={messages.arena.unit}
          options={UNITS}
          value={unit}
          onChange={(next) => onChange({ unit: next })}
        />
        <div className="flex">
          <Hint text={isTable ? messages.arena.showChart : messages.arena.showTable}>
            <Button
              variant="ghost"
              size="icon"
              aria-label={isTable ? messages.arena.showChart : messages.arena.showTable}
              onClick={() => onChange({ view: isTable ? 'chart' : 'table' })}
            >
              {isTable ? <ChartLine aria-hidden="true" /> : <Table2 aria-hidden="true" />}
            </Button>
          </Hint>
          <Hint text={messages.arena.export}>
            <Button
              variant="ghost"
              size="icon"
              aria-label={messages.arena.export}
              disabled={curves.length === 0}
              onClick={() => exportCsv(aligned, bots, range)}
            >
              <Download aria-hidden="true" />
            </Button>
          </Hint>
        </div>
      </PanelHeader>
      <div className="h-[340px] px-2 pb-2 lg:h-[440px]">
        {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} className="h-full" />}
        {!isError && !data && <Skeleton className="size-full p-2" />}
        {data && curves.length === 0 && <EmptyState text={messages.arena.emptyEquity} className="h-full" />}
        {curves.length > 0 &&
          (isTable ? (
            <EquityTable curves={curves} bots={bots} />
          ) : (
            <Chart curves={aligned} unit={unit} bots={bots} />
          ))}
      </div>
    </Panel>
  );
}

/** The best contestant by value; references do not lead. */
export function leaderOf(bots: readonly BotSummary[]): BotSummary | undefined {
  const contestants = bots.filter(({ isReference }) => !isReference);
  return contestants.toSorted((a, b) => b.returnFraction - a.returnFraction)[0];
}

function Chart({ curves, unit, bots }: { curves: AlignedCurves; unit: Unit; bots: readonly BotSummary[] }) {
  const colorOf = useBotColors();
  const leader = leaderOf(bots);
  const styles = curves.botIds.map((botId) => {
    const bot = bots.find(({ id }) => id === botId);
    return {
      name: bot?.name ?? botId,
      variable: colorOf(botId),
      isLeader: botId === leader?.id,
      isReference: bot?.isReference ?? false,
    };
  });
  const summary = messages.arena.equitySummary(
    curves.botIds.length,
    leader?.name ?? '',
    money(leader?.totalValue),
  );
  return (
    <Suspense fallback={<Skeleton className="size-full p-2" />}>
      <EquityChart curves={curves} styles={styles} unit={unit} summary={summary} />
    </Suspense>
  );
}

function EquityTable({ curves, bots }: { curves: readonly Curve[]; bots: readonly BotSummary[] }) {
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  return (
    <div className="h-full overflow-y-auto">
      <Table label={messages.arena.equity}>
        <thead>
          <tr>
            <Th>{messages.board.bot}</Th>
            <Th className="text-right">{messages.arena.start}</Th>
            <Th className="text-right">{messages.arena.end}</Th>
            <Th className="text-right">{messages.arena.change}</Th>
            <Th className="text-right">{messages.arena.low}</Th>
            <Th className="text-right">{messages.arena.high}</Th>
          </tr>
        </thead>
        <tbody>
          {curveFigures(curves).map((row) => {
            const bot = byId.get(row.botId);
            return (
              <tr key={row.botId}>
                <Td>{bot ? <BotLink bot={bot} /> : row.botId}</Td>
                <Td className="nums text-right">{money(row.first)}</Td>
                <Td className="nums text-right">{money(row.last)}</Td>
                <Td className={`nums text-right ${toneOf(row.change)}`}>{percent(row.change)}</Td>
                <Td className="nums text-right">{money(row.low)}</Td>
                <Td className="nums text-right">{money(row.high)}</Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}

/** The shape of each bot's curve in a range, for sparklines. */
export function useShapes(range: Range): ReadonlyMap<string, readonly number[]> {
  const series = useEquity(range).data?.series;
  return useMemo(
    () =>
      new Map(
        (series ?? []).map(({ botId, points }) => [
          botId,
          sampled(
            points.map(([, value]) => value),
            40,
          ),
        ]),
      ),
    [series],
  );
}
