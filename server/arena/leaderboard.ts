import { setImmediate as breathe } from 'node:timers/promises';
import type { Boards, BotBook } from '../context.ts';
import type { Period } from '../contract/http/leaderboard.ts';
import type { Db } from '../db/database.ts';
import { costBefore, FOREVER } from '../db/queries/model-costs.ts';
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
import { ranked, type Standing } from './leaderboard-ranks.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { usd, winRate } from './views.ts';

const HOURS_PER_YEAR = 8760;
const BOTS_BETWEEN_BREATHS = 20;

/** Whole hours, so that rolled-up hours give the exact figures. */
const PERIOD_HOURS = { day: 24, week: 168, month: 720 } as const;

/** A bot's hours of a period, and what was before them. */
interface Stretch {
  readonly hours: readonly HourRow[];
  readonly before: HourRow | undefined;
  readonly from: number;
  /** USD. */
  readonly modelCost: number;
}

/**
 * Computes the boards of all periods from rolled-up snapshots and the books, and stores them as rows. What models cost
 * counts in the hour of the arena's clock in which it was written down: in real time that is when they were called, in a
 * replay it is the time of the turn they were called for, however fast that passes.
 */
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
    const costSince = await this.#costOf(key);
    const standings: [Period, Standing][] = [['all', this.#allTime(bot, await costSince(null))]];
    for (const [period, length] of Object.entries(PERIOD_HOURS) as [keyof typeof PERIOD_HOURS, number][]) {
      const from = hourOf(now) - length * HOUR_MS;
      const first = hours.findIndex((hour) => hour.hour_at >= from);
      const before = hours[first - 1] ?? (await this.#db.first(lastHourBefore, { ...key, before: from }));
      standings.push([
        period,
        this.#within(bot, {
          hours: first < 0 ? [] : hours.slice(first),
          before,
          from,
          modelCost: await costSince(from),
        }),
      ]);
    }
    return standings;
  }

  /** What a bot's models were paid in its epoch, USD, from an hour on; null = in all of it. */
  async #costOf(key: { bot_id: string; epoch: number }): Promise<(from: number | null) => Promise<number>> {
    const paid = await this.#db.first(costBefore, { ...key, before: FOREVER });
    return async (from) => {
      if (!paid) return 0;
      const before = from === null ? null : await this.#db.first(costBefore, { ...key, before: from });
      return usd(paid.total_micros - (before?.total_micros ?? 0));
    };
  }

  #allTime(bot: BotBook, modelCost: number): Standing {
    const history = this.#snapshots.history(bot.botId);
    const { tradeCount, winCount } = bot.account;
    return {
      ...this.#valued(bot, usd(bot.initialBalanceMicros), modelCost),
      bot,
      maxDrawdown: history?.maxDrawdown ?? null,
      sharpe: history?.sharpe ?? null,
      tradeCount,
      winRate: winRate(tradeCount, winCount),
      fromAt: history?.firstAt ?? 0,
    };
  }

  #within(bot: BotBook, { hours, before, from, modelCost }: Stretch): Standing {
    const start = before?.last_value ?? usd(bot.initialBalanceMicros);
    const startSegment: EquitySegment = { first: start, last: start, min: start, max: start, maxDrawdown: 0 };
    const segment = hours.map(segmentOfHour).reduce(combineSegments, startSegment);
    const tradeCount = bot.account.tradeCount - (before?.trade_count ?? 0);
    const winCount = bot.account.winCount - (before?.win_count ?? 0);
    return {
      ...this.#valued(bot, start, modelCost),
      bot,
      maxDrawdown: hours.length === 0 ? null : segment.maxDrawdown,
      sharpe: sharpeRatio(periodReturns([start, ...hours.map((hour) => hour.last_value)]), HOURS_PER_YEAR),
      tradeCount,
      winRate: winRate(tradeCount, winCount),
      fromAt: from,
    };
  }

  /** @param start what it was worth when the period began, USD. */
  #valued(bot: BotBook, start: number, modelCost: number) {
    const totalValue = usd(this.#books.equityMicros(bot.botId));
    const pnl = Math.round((totalValue - start) * MICROS_PER_USD) / MICROS_PER_USD;
    const netReturn = returnFraction(start, totalValue - modelCost);
    return { totalValue, pnl, returnFraction: returnFraction(start, totalValue), modelCost, netReturn };
  }
}
