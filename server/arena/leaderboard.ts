import { setImmediate as breathe } from 'node:timers/promises';
import type { Boards, BotBook } from '../context.ts';
import type { Period } from '../contract/http/leaderboard.ts';
import type { Db } from '../db/database.ts';
import {
  hoursSince,
  lastHourBefore,
  replaceLeaderboard,
  type HourRow,
} from '../db/queries/snapshots-write.ts';
import {
  combineSegments,
  periodReturns,
  returnFraction,
  sharpeRatio,
  type EquitySegment,
} from '../engine/metrics.ts';
import { MICROS_PER_USD } from '../engine/money.ts';
import type { BookStore } from './book-store.ts';
import { readReferences } from './bot-identity.ts';
import { HOUR_MS, hourOf, segmentOfHour } from './equity-history.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { usd, winRate } from './views.ts';

const HOURS_PER_YEAR = 8760;
const BOTS_BETWEEN_BREATHS = 20;

/** Whole hours, so that rolled-up hours give the exact figures. */
const PERIOD_HOURS = { day: 24, week: 168, month: 720 } as const;

/** One bot's figures over one period. */
interface Standing {
  readonly bot: BotBook;
  readonly totalValue: number;
  readonly returnFraction: number;
  readonly pnl: number;
  readonly maxDrawdown: number | null;
  readonly sharpe: number | null;
  readonly tradeCount: number;
  readonly winRate: number | null;
  readonly fromAt: number;
}

/** Computes the boards of all periods from rolled-up snapshots and the books, and stores them as rows. */
export class Leaderboard implements Boards {
  readonly #db: Db;
  readonly #books: BookStore;
  readonly #snapshots: SnapshotStore;

  constructor(deps: { db: Db; books: BookStore; snapshots: SnapshotStore }) {
    this.#db = deps.db;
    this.#books = deps.books;
    this.#snapshots = deps.snapshots;
  }

  async refresh(now: number, signal: AbortSignal): Promise<void> {
    const standings: Record<Period, Standing[]> = { day: [], week: [], month: [], all: [] };
    for (const [i, bot] of this.#books.list().entries()) {
      if (i % BOTS_BETWEEN_BREATHS === BOTS_BETWEEN_BREATHS - 1) await breathe();
      if (signal.aborted) return;
      for (const [period, standing] of await this.#standingsOf(bot, now)) standings[period].push(standing);
    }
    const references = await readReferences(this.#db);
    await this.#db.commit(
      (['day', 'week', 'month', 'all'] as const).flatMap((period) =>
        replaceLeaderboard(this.#db.read, period, ranked(standings[period], { period, now, references })),
      ),
    );
  }

  async #standingsOf(bot: BotBook, now: number): Promise<[Period, Standing][]> {
    const key = { bot_id: bot.botId, epoch: bot.epoch };
    const since = hourOf(now) - PERIOD_HOURS.month * HOUR_MS;
    const stored = await this.#db.all(hoursSince, { ...key, since });
    const running = this.#snapshots.history(bot.botId)?.hour;
    const isStored = (hour: HourRow) => stored.some((row) => row.hour_at === hour.hour_at);
    const hours =
      running && running.epoch === bot.epoch && !isStored(running) ? [...stored, running] : stored;
    const standings: [Period, Standing][] = [['all', this.#allTime(bot)]];
    for (const [period, length] of Object.entries(PERIOD_HOURS) as [keyof typeof PERIOD_HOURS, number][]) {
      const from = hourOf(now) - length * HOUR_MS;
      const first = hours.findIndex((hour) => hour.hour_at >= from);
      const before = hours[first - 1] ?? (await this.#db.first(lastHourBefore, { ...key, before: from }));
      standings.push([
        period,
        this.#within(bot, { hours: first < 0 ? [] : hours.slice(first), before, from }),
      ]);
    }
    return standings;
  }

  #allTime(bot: BotBook): Standing {
    const history = this.#snapshots.history(bot.botId);
    const { tradeCount, winCount } = bot.account;
    return {
      ...this.#valued(bot, usd(bot.initialBalanceMicros)),
      bot,
      maxDrawdown: history?.maxDrawdown ?? null,
      sharpe: history?.sharpe ?? null,
      tradeCount,
      winRate: winRate(tradeCount, winCount),
      fromAt: history?.firstAt ?? 0,
    };
  }

  #within(
    bot: BotBook,
    { hours, before, from }: { hours: readonly HourRow[]; before: HourRow | undefined; from: number },
  ): Standing {
    const start = before?.last_value ?? usd(bot.initialBalanceMicros);
    const startSegment: EquitySegment = { first: start, last: start, min: start, max: start, maxDrawdown: 0 };
    const segment = hours.map(segmentOfHour).reduce(combineSegments, startSegment);
    const tradeCount = bot.account.tradeCount - (before?.trade_count ?? 0);
    const winCount = bot.account.winCount - (before?.win_count ?? 0);
    return {
      ...this.#valued(bot, start),
      bot,
      maxDrawdown: hours.length === 0 ? null : segment.maxDrawdown,
      sharpe: sharpeRatio(periodReturns([start, ...hours.map((hour) => hour.last_value)]), HOURS_PER_YEAR),
      tradeCount,
      winRate: winRate(tradeCount, winCount),
      fromAt: from,
    };
  }

  #valued(bot: BotBook, start: number) {
    const totalValue = usd(this.#books.equityMicros(bot.botId));
    const pnl = Math.round((totalValue - start) * MICROS_PER_USD) / MICROS_PER_USD;
    return { totalValue, pnl, returnFraction: returnFraction(start, totalValue) };
  }
}

/** By return; then the smaller drawdown, then the older bot, so that the order is always the same. */
function ranked(
  standings: readonly Standing[],
  { period, now, references }: { period: Period; now: number; references: ReadonlySet<string> },
) {
  const order = standings.toSorted(
    (a, b) =>
      b.returnFraction - a.returnFraction ||
      (a.maxDrawdown ?? 0) - (b.maxDrawdown ?? 0) ||
      (a.bot.botId < b.bot.botId ? -1 : 1),
  );
  let place = 0;
  const placeOf = ({ bot }: Standing) => (references.has(bot.botId) ? null : (place += 1));
  return order.map((standing, i) => ({
    period,
    rank: i + 1,
    place: placeOf(standing),
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
  }));
}
