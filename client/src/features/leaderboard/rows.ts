import type { BotIdentity, BotSummary, LeaderboardRow } from '../../api/contract.ts';
import type { BoardPage, RankBy } from '../../api/queries.ts';
import { itemsOf } from '../../live/lists.ts';
import { sortedBy } from '../../ui/sort.ts';

/** What is known beyond the board: the first screen's bots, and the last value of any bot that had one. */
export interface Latest {
  readonly bots: readonly BotSummary[];
  readonly valueOf: (botId: string) => number | undefined;
}

/** A row as it is shown. */
export interface BoardRow extends Omit<LeaderboardRow, 'modelCost' | 'netPnl'> {
  /** null before the first computation. */
  readonly modelCost: number | null;
  readonly netPnl: number | null;
}

/** A row before the first computation is what the figures say: return since the start. */
function provisionalRow(bot: BotSummary, index: number): BoardRow {
  return {
    rank: index + 1,
    place: null,
    bot,
    totalValue: bot.totalValue,
    returnFraction: bot.returnFraction,
    pnl: bot.totalValue - bot.initialBalance,
    modelCost: null,
    netPnl: null,
    maxDrawdown: bot.maxDrawdown,
    sharpe: null,
    tradeCount: bot.tradeCount,
    winRate: bot.winRate,
    hasFewTrades: bot.tradeCount < 30,
  };
}

/** What the server does once there is a board. */
function matchesSearch({ name, owner, provider }: BotIdentity, search: string): boolean {
  const text = `${name} ${owner.username} ${provider.model} ${provider.type}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The row at another value: what the period began with stays. */
function atValue(row: LeaderboardRow, totalValue: number): LeaderboardRow {
  if (row.totalValue === 0 || row.totalValue === totalValue) return row;
  const returnFraction = ((1 + row.returnFraction) * totalValue) / row.totalValue - 1;
  const gain = totalValue - row.totalValue;
  return { ...row, totalValue, returnFraction, pnl: row.pnl + gain, netPnl: row.netPnl + gain };
}

/** The return after models were paid. */
function netReturn({ totalValue, pnl, returnFraction, modelCost }: BoardRow): number {
  const start = totalValue - pnl;
  return start > 0 && modelCost !== null ? returnFraction - modelCost / start : returnFraction;
}

const MERITS: Record<RankBy, (row: BoardRow) => number> = {
  return: ({ returnFraction }) => returnFraction,
  net: netReturn,
};

/** Ranked anew. References stand in their rank but have no place. */
function ranked(rows: readonly BoardRow[], rankBy: RankBy): BoardRow[] {
  const merit = MERITS[rankBy];
  let place = 0;
  return rows
    .toSorted((a, b) => merit(b) - merit(a) || a.rank - b.rank)
    .map((row, index) => {
      if (!row.bot.isReference) place += 1;
      return { ...row, rank: index + 1, place: row.bot.isReference ? null : place };
    });
}

/**
 * The board as of the last snapshot; it does not change places between two of them. What a search found keeps the
 * server's ranks: who stands between is not among the rows.
 */
export function boardRows(pages: readonly BoardPage[], { bots, valueOf }: Latest): BoardRow[] {
  const [first] = pages;
  if (!first) return [];
  const { q, to, rankBy } = first;
  if (to === null) return ranked(bots.map(provisionalRow), rankBy).filter(({ bot }) => matchesSearch(bot, q));
  const known = new Map(bots.map((bot) => [bot.id, bot]));
  const rows = itemsOf(pages, ({ bot }) => bot.id).map((row) => {
    const bot = known.get(row.bot.id);
    const latest = atValue(row, bot?.totalValue ?? valueOf(row.bot.id) ?? row.totalValue);
    return bot ? { ...latest, bot } : latest;
  });
  return q === '' ? ranked(rows, rankBy) : rows;
}

export type Column =
  | 'place'
  | 'value'
  | 'return'
  | 'pnl'
  | 'modelCost'
  | 'netPnl'
  | 'sharpe'
  | 'drawdown'
  | 'trades'
  | 'winRate';

const VALUES: Record<Column, (row: BoardRow) => number | null> = {
  place: (row) => row.rank,
  value: (row) => row.totalValue,
  return: (row) => row.returnFraction,
  pnl: (row) => row.pnl,
  modelCost: (row) => row.modelCost,
  netPnl: (row) => row.netPnl,
  sharpe: (row) => row.sharpe,
  drawdown: (row) => row.maxDrawdown,
  trades: (row) => row.tradeCount,
  winRate: (row) => row.winRate,
};

/** Undefined figures come last whichever way the column is sorted. */
export function sortRows(rows: readonly BoardRow[], column: Column, isDescending: boolean): BoardRow[] {
  return sortedBy(
    rows.toSorted((a, b) => a.rank - b.rank),
    VALUES[column],
    isDescending,
  );
}

/** Places won (+) or lost (−) between two orders of the same bots. */
export function movesBetween(
  before: ReadonlyMap<string, number>,
  rows: readonly BoardRow[],
): Map<string, number> {
  const moves = new Map<string, number>();
  for (const { bot, place } of rows) {
    const old = before.get(bot.id);
    if (place !== null && old !== undefined && old !== place) moves.set(bot.id, old - place);
  }
  return moves;
}

export const placesOf = (rows: readonly BoardRow[]): Map<string, number> =>
  new Map(rows.flatMap(({ bot, place }) => (place === null ? [] : [[bot.id, place] as const])));
