import { getRouteApi, Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import type { RankBy } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { count, fall, ratio, share, smallMoney } from '../../ui/format.ts';
import { Money, Percent, Pnl } from '../../ui/live-number.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { messages } from '../../ui/messages.ts';
import { modelsText } from '../../ui/messages/models.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ScrollNote, SortableTh, Table, Td, Th, type Sorting } from '../../ui/table.tsx';
import { exactTime } from '../../ui/time.ts';
import { useSettled } from '../../ui/use-settled.ts';
import { useShapes } from '../arena/equity-panel.tsx';
import { PERIODS } from '../arena/leaderboard-panel.tsx';
import { BotLink, PausedBadge, ReferenceBadge, useBotColors } from '../bot/bot-identity.tsx';
import { Rank } from './rank.tsx';
import { sortRows, type BoardRow, type Column } from './rows.ts';
import { useBoard, useLiveReturn, useMoves, useOneComputation } from './use-board.ts';

const route = getRouteApi('/leaderboard');
const text = messages.board;

const RANKS = (['return', 'net'] as const satisfies readonly RankBy[]).map((value) => ({
  value,
  label: modelsText.rank.by[value],
  hint: modelsText.rank.hints[value],
}));

const COLUMNS: readonly { column: Column; label: string; hint?: string }[] = [
  { column: 'pnl', label: text.pnl },
  { column: 'modelCost', label: modelsText.rank.cost, hint: modelsText.rank.costHint },
  { column: 'netPnl', label: modelsText.rank.netPnl, hint: modelsText.rank.netPnlHint },
  { column: 'value', label: text.value },
  { column: 'sharpe', label: text.sharpe, hint: text.sharpeHint },
  { column: 'drawdown', label: text.drawdown },
  { column: 'winRate', label: text.winRate },
  { column: 'trades', label: text.trades },
];

export function LeaderboardPage() {
  const { period, q, rank } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const search = useSettled(q.trim());
  const { rows, order, to, query, failure } = useBoard(period, search, rank);
  useOneComputation(query);
  return (
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <SearchField
          label={text.search}
          value={q}
          onChange={(next) => change({ q: next })}
          className="w-full sm:w-64"
        />
        <Segmented
          label={text.period}
          options={PERIODS}
          value={period}
          onChange={(next) => change({ period: next })}
        />
        <Segmented
          label={modelsText.rank.label}
          options={RANKS}
          value={rank}
          onChange={(next) => change({ rank: next })}
        />
      </PageHeader>
      <Panel aria-busy={query.isPlaceholderData} className="transition-opacity aria-busy:opacity-60">
        {failure && <ErrorState error={failure.error} onRetry={failure.retry} />}
        {!rows && !failure && <SkeletonRows count={8} />}
        {rows?.length === 0 && <EmptyState text={search === '' ? text.empty : text.noMatch} />}
        {rows && rows.length > 0 && <BoardTable rows={rows} order={order} isWhole={!query.hasNextPage} />}
        <LoadMore query={query} />
      </Panel>
      <p className="mt-2 flex flex-wrap gap-x-3 text-xs text-muted">
        {to !== null && <span>{text.asOf(exactTime(to))}</span>}
        <Link to="/models" className="text-accent hover:underline">
          {modelsText.link}
        </Link>
      </p>
    </>
  );
}

interface BoardTableProps {
  readonly rows: readonly BoardRow[];
  readonly order: string;
  /** Whether these are all rows there are. */
  readonly isWhole: boolean;
}

function BoardTable({ rows, order, isWhole }: BoardTableProps) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ column: 'place', isDescending: false });
  const moves = useMoves(rows, order);
  const shapes = useShapes('1d');
  const colorOf = useBotColors();
  const sortBy = (column: Column) =>
    setSorting((before) => ({
      column,
      isDescending: before.column === column ? !before.isDescending : column !== 'place',
    }));
  const isRanked = sorting.column === 'place' && !sorting.isDescending;
  const sorted = sortRows(rows, sorting.column, sorting.isDescending);
  return (
    <>
      <Table label={text.title}>
        <thead>
          <tr>
            <SortableTh column="place" label={text.rank} sorting={sorting} onSort={sortBy} className="pl-4" />
            <Th className="sticky left-0 bg-surface">{text.bot}</Th>
            <SortableTh
              column="return"
              label={text.return}
              sorting={sorting}
              onSort={sortBy}
              className="text-right"
            />
            <Th>{text.curve}</Th>
            {COLUMNS.map((column) => (
              <SortableTh
                key={column.column}
                {...column}
                sorting={sorting}
                onSort={sortBy}
                className="text-right last:pr-4"
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <BoardTableRow
              key={row.bot.id}
              row={row}
              move={moves.get(row.bot.id)}
              shape={shapes.get(row.bot.id)}
              color={`var(${colorOf(row.bot.id)})`}
            />
          ))}
        </tbody>
      </Table>
      <ScrollNote />
      {!isWhole && !isRanked && (
        <p className="px-4 py-2 text-xs text-muted">{text.sortedAmong(count(rows.length))}</p>
      )}
    </>
  );
}

interface BoardTableRowProps {
  readonly row: BoardRow;
  readonly move: number | undefined;
  readonly shape: readonly number[] | undefined;
  readonly color: string;
}

const BoardTableRow = memo(function BoardTableRow({ row, move, shape, color }: BoardTableRowProps) {
  const { value, returnFraction } = useLiveReturn(row);
  const gain = value - row.totalValue;
  const netPnl = row.netPnl === null ? null : row.netPnl + gain;
  return (
    <tr className="group hover:bg-hover">
      <Td className="pl-4">
        <Rank place={row.place} move={move} />
      </Td>
      <Td className="sticky left-0 bg-surface group-hover:bg-hover">
        <div className="flex items-center gap-2">
          <BotLink bot={row.bot} className="max-w-36 sm:max-w-none" />
          <span className="hidden gap-1 sm:flex">
            {row.place === null && <ReferenceBadge />}
            <PausedBadge bot={row.bot} />
          </span>
        </div>
      </Td>
      <Td className="text-right font-medium">
        <Percent value={returnFraction} />
      </Td>
      <Td>
        <Sparkline values={shape ?? []} color={color} className="w-20" />
      </Td>
      <Td className="text-right">
        <Pnl value={row.pnl + gain} />
      </Td>
      <Td className="nums text-right">{smallMoney(row.modelCost)}</Td>
      <Td className="text-right">
        <Pnl value={netPnl} />
      </Td>
      <Td className="text-right">
        <Money value={value} />
      </Td>
      <Td className="nums text-right">
        {row.hasFewTrades && (
          <Badge hint={text.fewTradesHint} className="mr-2">
            {text.fewTrades}
          </Badge>
        )}
        {ratio(row.sharpe)}
      </Td>
      <Td className="nums text-right">{fall(row.maxDrawdown)}</Td>
      <Td className="nums text-right">{share(row.winRate)}</Td>
      <Td className="nums pr-4 text-right">{count(row.tradeCount)}</Td>
    </tr>
  );
});
