import type { AppContext } from '../context.ts';
import type { BotIdentity } from '../contract/http/bots.ts';
import type { LeaderboardResponse, LeaderboardRow, Period } from '../contract/http/leaderboard.ts';
import { BOTS_AT_ONCE } from '../db/queries/bots-read.ts';
import { MICROS_PER_USD } from '../engine/money.ts';
import { listLeaderboard, type LeaderboardEntry } from '../db/queries/leaderboard-read.ts';
import { readIdentities } from './bot-identity.ts';
import { searchOf } from './bot-search.ts';
import { pageOf, type PageKey } from './paging.ts';

type RankBy = 'return' | 'net';

/** Fewer closed positions than this say little about skill. */
const ENOUGH_TRADES = 30;

export interface LeaderboardQuery {
  readonly period: Period;
  readonly rankBy: RankBy;
  readonly q: string;
  /** `at` is the computation the page before came from, `key` its last rank. */
  readonly after: PageKey<number> | null;
  readonly limit: number;
}

export type LeaderboardPage = Omit<LeaderboardResponse, 'nextCursor'> & { next: PageKey<number> | null };

/** One page of the board as it was last computed, without bots deleted since. */
export async function readLeaderboard(ctx: AppContext, query: LeaderboardQuery): Promise<LeaderboardPage> {
  const { period, rankBy, q, after, limit } = query;
  const matches = searchOf(q);
  const found: { entry: LeaderboardEntry; bot: BotIdentity }[] = [];
  let afterRank = after?.key ?? 0;
  let top: LeaderboardEntry | undefined;
  for (;;) {
    const entries = await listLeaderboard(ctx.db, { period, rankBy, afterRank, limit: BOTS_AT_ONCE });
    top ??= entries[0];
    const bots = await readIdentities(
      ctx.db,
      entries.map((entry) => entry.bot_id),
    );
    for (const entry of entries) {
      const bot = bots.get(entry.bot_id);
      if (bot && matches(bot)) found.push({ entry, bot });
    }
    afterRank = lastRank(entries, rankBy) ?? afterRank;
    if (found.length > limit || entries.length < BOTS_AT_ONCE) break;
  }
  const { items, next } = pageOf(found, limit, ({ entry }) => ({
    at: entry.to_at,
    key: ranksOf(entry, rankBy).rank,
  }));
  const rows = items.map((item) => rowView(item, rankBy));
  return { period, from: top?.from_at ?? null, to: top?.to_at ?? null, items: rows, next };
}

function lastRank(entries: readonly LeaderboardEntry[], rankBy: RankBy): number | undefined {
  const last = entries.at(-1);
  return last && ranksOf(last, rankBy).rank;
}

/** A board that was computed before costs were counted has no net ranks, and none of its rows is asked for by them. */
function ranksOf(entry: LeaderboardEntry, rankBy: RankBy): { rank: number; place: number | null } {
  return rankBy === 'net' && entry.net_rank !== null
    ? { rank: entry.net_rank, place: entry.net_place }
    : entry;
}

function rowView(
  { entry, bot }: { entry: LeaderboardEntry; bot: BotIdentity },
  rankBy: RankBy,
): LeaderboardRow {
  const { rank, place } = ranksOf(entry, rankBy);
  const modelCost = entry.model_cost ?? 0;
  return {
    rank,
    place,
    bot,
    totalValue: entry.total_value,
    returnFraction: entry.return_fraction,
    pnl: entry.pnl,
    modelCost,
    netPnl: Math.round((entry.pnl - modelCost) * MICROS_PER_USD) / MICROS_PER_USD,
    maxDrawdown: entry.max_drawdown,
    sharpe: entry.sharpe,
    tradeCount: entry.trade_count,
    winRate: entry.win_rate,
    hasFewTrades: entry.trade_count < ENOUGH_TRADES,
  };
}
