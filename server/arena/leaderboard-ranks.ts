import type { BotBook } from '../context.ts';
import type { Period } from '../contract/http/leaderboard.ts';
import type { LeaderboardRow } from '../db/queries/snapshots-write.ts';

/** One bot's figures over one period. Amounts are USD. */
export interface Standing {
  readonly bot: Pick<BotBook, 'botId' | 'userId'>;
  readonly totalValue: number;
  readonly returnFraction: number;
  readonly pnl: number;
  /** What its models were paid. */
  readonly modelCost: number;
  /** The return after that. */
  readonly netReturn: number;
  readonly maxDrawdown: number | null;
  readonly sharpe: number | null;
  readonly tradeCount: number;
  readonly winRate: number | null;
  readonly fromAt: number;
}

interface Rank {
  readonly rank: number;
  /** Among competitors; null for references. */
  readonly place: number | null;
}

/** The rows of a period's board, by return; each knows its rank by return after the cost of models, too. */
export function ranked(
  standings: readonly Standing[],
  { period, now, references }: { period: Period; now: number; references: ReadonlySet<string> },
): LeaderboardRow[] {
  const gross = ranksBy(standings, 'returnFraction', references);
  const net = ranksBy(standings, 'netReturn', references);
  return [...gross].map(([standing, { rank, place }]) => ({
    period,
    rank,
    place,
    user_id: standing.bot.userId,
    bot_id: standing.bot.botId,
    total_value: standing.totalValue,
    return_fraction: standing.returnFraction,
    pnl: standing.pnl,
    max_drawdown: standing.maxDrawdown,
    sharpe: standing.sharpe,
    trade_count: standing.tradeCount,
    win_rate: standing.winRate,
    from_at: standing.fromAt,
    to_at: now,
    model_cost: standing.modelCost,
    net_rank: net.get(standing)?.rank ?? null,
    net_place: net.get(standing)?.place ?? null,
  }));
}

/** By a figure; then the smaller drawdown, then the older bot, so that the order is always the same. */
function ranksBy(
  standings: readonly Standing[],
  figure: 'returnFraction' | 'netReturn',
  references: ReadonlySet<string>,
): ReadonlyMap<Standing, Rank> {
  const order = standings.toSorted(
    (a, b) =>
      b[figure] - a[figure] ||
      (a.maxDrawdown ?? 0) - (b.maxDrawdown ?? 0) ||
      (a.bot.botId < b.bot.botId ? -1 : 1),
  );
  let place = 0;
  const placeOf = ({ bot }: Standing) => (references.has(bot.botId) ? null : (place += 1));
  return new Map(order.map((standing, i) => [standing, { rank: i + 1, place: placeOf(standing) }]));
}
