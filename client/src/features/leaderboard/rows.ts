import type { BotSummary, LeaderboardResponse, LeaderboardRow } from '../../api/contract.ts';

/** A row of the board as shown: `place` is null for references, which stand in order but have no rank. */
export interface BoardRow extends LeaderboardRow {
  readonly bot: BotSummary;
  readonly place: number | null;
}

/** Before the first computation the board is what the figures say: return since the start. */
function provisionalRow(bot: BotSummary, index: number): LeaderboardRow {
  return {
    rank: index + 1,
    botId: bot.id,
    totalValue: bot.totalValue,
    returnFraction: bot.returnFraction,
    pnl: bot.totalValue - bot.initialBalance,
    maxDrawdown: bot.maxDrawdown,
    sharpe: null,
    tradeCount: bot.tradeCount,
    winRate: bot.winRate,
    hasFewTrades: bot.tradeCount < 30,
  };
}

/** The row at the bot's latest value: what the period began with stays. */
function atValue(row: LeaderboardRow, bot: BotSummary): LeaderboardRow {
  const { totalValue } = bot;
  if (row.totalValue === 0 || row.totalValue === totalValue) return row;
  const returnFraction = ((1 + row.returnFraction) * totalValue) / row.totalValue - 1;
  return { ...row, totalValue, returnFraction, pnl: row.pnl + totalValue - row.totalValue };
}

/** The board in order of return, as of the last snapshot; it does not change places between two of them. */
export function boardRows(board: LeaderboardResponse | undefined, bots: readonly BotSummary[]): BoardRow[] {
  const byId = new Map(bots.map((bot) => [bot.id, bot]));
  const source = board && board.items.length > 0 ? board.items : bots.map(provisionalRow);
  const rows = source.flatMap((row) => {
    const bot = byId.get(row.botId);
    return bot ? [{ ...atValue(row, bot), bot }] : [];
  });
  let place = 0;
  return rows
    .sort((a, b) => b.returnFraction - a.returnFraction || a.rank - b.rank)
    .map((row) => {
      if (!row.bot.isReference) place += 1;
      return { ...row, place: row.bot.isReference ? null : place };
    });
}

export type Column = 'place' | 'value' | 'return' | 'pnl' | 'sharpe' | 'drawdown' | 'trades' | 'winRate';

const VALUES: Record<Column, (row: BoardRow) => number | null> = {
  place: (row) => -row.returnFraction,
  value: (row) => row.totalValue,
  return: (row) => row.returnFraction,
  pnl: (row) => row.pnl,
  sharpe: (row) => row.sharpe,
  drawdown: (row) => row.maxDrawdown,
  trades: (row) => row.tradeCount,
  winRate: (row) => row.winRate,
};

/** Undefined figures come last whichever way the column is sorted. */
export function sortRows(rows: readonly BoardRow[], column: Column, isDescending: boolean): BoardRow[] {
  const value = VALUES[column];
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return (isDescending ? right - left : left - right) || a.rank - b.rank;
  });
}

/** Places won (+) or lost (−) between two orders of the same bots. */
export function movesBetween(
  before: ReadonlyMap<string, number>,
  rows: readonly BoardRow[],
): Map<string, number> {
  const moves = new Map<string, number>();
  for (const { botId, place } of rows) {
    const old = before.get(botId);
    if (place !== null && old !== undefined && old !== place) moves.set(botId, old - place);
  }
  return moves;
}

export const placesOf = (rows: readonly BoardRow[]): Map<string, number> =>
  new Map(rows.flatMap(({ botId, place }) => (place === null ? [] : [[botId, place] as const])));

export function matchesSearch(bot: BotSummary, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/);
  const text = `${bot.name} ${bot.owner.username} ${bot.provider.model} ${bot.provider.type}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
