import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Period } from '../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { ratio } from '../../ui/format.ts';
import { Percent } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { BotLink, ReferenceBadge, useBotColors } from '../bot/bot-identity.tsx';
import { Rank } from '../leaderboard/rank.tsx';
import type { BoardRow } from '../leaderboard/rows.ts';
import { useBoard, useLiveReturn, useMoves } from '../leaderboard/use-board.ts';

export const PERIODS = (['day', 'week', 'month', 'all'] as const).map((value) => ({
  value,
  label: messages.board.periods[value],
}));

interface LeaderboardPanelProps {
  readonly period: Period;
  readonly onPeriod: (period: Period) => void;
  /** Recent values of each bot, oldest first. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

export function LeaderboardPanel({ period, onPeriod, shapes }: LeaderboardPanelProps) {
  const { rows, order, failure } = useBoard(period);
  const moves = useMoves(rows, order);
  const colorOf = useBotColors();
  return (
    <Panel aria-label={messages.board.title} className="flex flex-col">
      <PanelHeader
        title={
          <Link to="/leaderboard" search={{ period }} className="hover:text-accent">
            {messages.board.title}
          </Link>
        }
      >
        <Segmented label={messages.board.period} options={PERIODS} value={period} onChange={onPeriod} />
      </PanelHeader>
      {failure && <ErrorState error={failure.error} onRetry={failure.retry} />}
      {!rows && !failure && <SkeletonRows count={8} className="h-12" />}
      {rows?.length === 0 && <EmptyState text={messages.board.empty} />}
      {rows && rows.length > 0 && (
        <ol className="divide-y divide-line border-t border-line lg:max-h-[400px] lg:overflow-y-auto">
          {rows.slice(0, 50).map((row) => (
            <BoardLine
              key={row.bot.id}
              row={row}
              move={moves.get(row.bot.id)}
              shape={shapes.get(row.bot.id)}
              color={`var(${colorOf(row.bot.id)})`}
            />
          ))}
        </ol>
      )}
      <Link
        to="/leaderboard"
        search={{ period }}
        className="mt-auto block border-t border-line px-4 py-3 text-center text-xs font-medium text-muted hover:text-accent"
      >
        {messages.board.showAll}
      </Link>
    </Panel>
  );
}

interface BoardLineProps {
  readonly row: BoardRow;
  readonly move: number | undefined;
  readonly shape: readonly number[] | undefined;
  readonly color: string;
}

const NO_SHAPE: readonly number[] = [];

const BoardLine = memo(function BoardLine({ row, move, shape, color }: BoardLineProps) {
  const { returnFraction } = useLiveReturn(row);
  return (
    <li className="flex h-12 items-center gap-2 px-4 transition-colors hover:bg-hover">
      <Rank place={row.place} move={move} />
      <BotLink bot={row.bot} className="flex-1" />
      <Percent value={returnFraction} className="w-20 text-right font-medium" />
      <Certainty row={row} />
      <Sparkline
        values={shape ?? NO_SHAPE}
        color={color}
        className="hidden shrink-0 min-[420px]:block lg:hidden xl:block"
      />
    </li>
  );
});

/** How sure the figure beside it is. */
function Certainty({ row }: { row: BoardRow }) {
  if (row.place === null) {
    return (
      <span className="flex w-18 justify-end">
        <ReferenceBadge />
      </span>
    );
  }
  if (row.hasFewTrades || row.sharpe === null) {
    return (
      <span className="flex w-18 justify-end">
        <Badge hint={messages.board.fewTradesHint}>{messages.board.fewTrades}</Badge>
      </span>
    );
  }
  return (
    <span
      className="nums w-18 text-right text-xs text-muted"
      title={`${messages.board.sharpe}. ${messages.board.sharpeHint}`}
    >
      {messages.board.sharpeShort} {ratio(row.sharpe)}
    </span>
  );
}
