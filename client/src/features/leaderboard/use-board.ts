import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Period } from '../../api/contract.ts';
import { leaderboardQuery } from '../../api/queries.ts';
import { useArena, useTick } from '../../live/context.tsx';
import { valueKey } from '../../live/ticks.ts';
import { boardRows, movesBetween, placesOf, type BoardRow } from './rows.ts';

/** The board of a period with the bots it names. */
export function useBoard(period: Period) {
  const arena = useArena();
  const board = useQuery(leaderboardQuery(period));
  const bots = arena.data?.bots;
  const rows = useMemo(
    () => (bots && (board.data || board.isError) ? boardRows(board.data, bots) : undefined),
    [board.data, board.isError, bots],
  );
  return { rows, from: board.data?.from ?? null, to: board.data?.to ?? null, board, arena };
}

/** The return moves with the live value: the base of the period stays where the board found it. */
export function useLiveReturn(row: BoardRow): { value: number; returnFraction: number } {
  const value = useTick(valueKey(row.botId), row.totalValue);
  const { totalValue, returnFraction } = row;
  return {
    value,
    returnFraction: totalValue === 0 ? returnFraction : ((1 + returnFraction) * value) / totalValue - 1,
  };
}

/** Who moved at the last change of order; empty until one happens on this page. */
export function useMoves(rows: readonly BoardRow[] | undefined, period: Period): ReadonlyMap<string, number> {
  const [moves, setMoves] = useState<ReadonlyMap<string, number>>(new Map());
  const known = useRef<{ period: Period; places: Map<string, number> } | null>(null);
  useEffect(() => {
    if (!rows) return;
    const before = known.current;
    known.current = { period, places: placesOf(rows) };
    if (before?.period !== period) {
      setMoves(new Map());
      return;
    }
    const next = movesBetween(before.places, rows);
    if (next.size > 0) setMoves(next);
  }, [rows, period]);
  return moves;
}
