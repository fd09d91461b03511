import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Period } from '../../api/contract.ts';
import { leaderboardQuery, type RankBy } from '../../api/queries.ts';
import { useArenaBots, useLive, useTick } from '../../live/context.tsx';
import { valueKey } from '../../live/ticks.ts';
import { boardRows, movesBetween, placesOf, type BoardRow } from './rows.ts';

interface Read {
  readonly data: unknown;
  readonly error: Error | null;
  readonly refetch: () => Promise<unknown>;
}

/** The first read that brought nothing, and how to try it again. */
function failureOf(reads: readonly Read[]): { error: Error; retry: () => void } | null {
  for (const { data, error, refetch } of reads) {
    if (error && !data) return { error, retry: () => void refetch() };
  }
  return null;
}

/** The rows of a period's board that are loaded, or those a search found; undefined while there are none to show. */
export function useBoard(period: Period, q = '', rankBy: RankBy = 'return') {
  const { ticks } = useLive();
  const arena = useArenaBots();
  const query = useInfiniteQuery(leaderboardQuery(period, q, rankBy));
  const bots = arena.data;
  const pages = query.data?.pages;
  const rows = useMemo(
    () => bots && pages && boardRows(pages, { bots, valueOf: (botId) => ticks.get(valueKey(botId)) }),
    [bots, pages, ticks],
  );
  const first = pages?.[0];
  return {
    rows,
    /** Which board and search the rows are of: those of the last one stay until the next one's are here. */
    order: first ? `${first.period} ${first.rankBy} ${first.q}` : '',
    to: first?.to ?? null,
    query,
    failure: failureOf([query, arena]),
  };
}

/** Pages of two computations lack whoever changed places between them: the list is read again as one. */
export function useOneComputation({ data, refetch }: ReturnType<typeof useBoard>['query']): void {
  const pages = data?.pages;
  useEffect(() => {
    if (pages?.some(({ to }) => to !== pages[0]?.to)) void refetch({ cancelRefetch: false });
  }, [pages, refetch]);
}

/** The return moves with the live value: the base of the period stays where the board found it. */
export function useLiveReturn(row: BoardRow): { value: number; returnFraction: number } {
  const value = useTick(valueKey(row.bot.id), row.totalValue);
  const { totalValue, returnFraction } = row;
  return {
    value,
    returnFraction: totalValue === 0 ? returnFraction : ((1 + returnFraction) * value) / totalValue - 1,
  };
}

/** Who moved at the last change within one `order`; empty until one happens on this page. */
export function useMoves(rows: readonly BoardRow[] | undefined, order: string): ReadonlyMap<string, number> {
  const [moves, setMoves] = useState<ReadonlyMap<string, number>>(new Map());
  const known = useRef<{ order: string; places: Map<string, number> } | null>(null);
  useEffect(() => {
    if (!rows) return;
    const before = known.current;
    known.current = { order, places: placesOf(rows) };
    if (before?.order !== order) {
      setMoves(new Map());
      return;
    }
    const next = movesBetween(before.places, rows);
    if (next.size > 0) setMoves(next);
  }, [rows, order]);
  return moves;
}
