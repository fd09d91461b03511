import { setImmediate as breathe } from 'node:timers/promises';
import type { AppContext, BotBook } from '../context.ts';
import type { AnalyticsQuery, BotAnalytics, ModelUse, MonthReturn } from '../contract/http/analytics.ts';
import {
  listClosedPositions,
  listEquityDays,
  listModelUse,
  type Before,
  type ClosedPositionRow,
  type ModelUseRow,
  type Scope,
} from '../db/queries/analytics.ts';
import { LAST_ID } from '../db/queries/time-page.ts';
import { MICROS_PER_USD } from '../engine/money.ts';
import { NotFoundError } from '../errors.ts';
import { getPublicBot } from './bots-read.ts';
import { hourOf } from './equity-history.ts';
import { monthlyReturns } from './monthly-returns.ts';
import type { PageKey } from './paging.ts';
import { quantiles } from './quantile.ts';
import { TradeStats, type ClosedTrade } from './trade-stats.ts';
import { usd } from './views.ts';

/** Reading so many takes a few milliseconds; then others have their turn. */
const ROWS_AT_ONCE = 2000;
/** The newest so many positions and decisions are counted. */
export const MOST_ROWS = 250_000;
const LAST_TIME = Number.MAX_SAFE_INTEGER;
const LAST_EPOCH = Number.MAX_SAFE_INTEGER;

/**
 * What a bot's closed positions, its decisions and its snapshots add up to, computed from the rows of this moment.
 * Definitions, units and sources are in `contract/http/analytics.ts`. @throws NotFoundError
 */
export async function readBotAnalytics(
  ctx: AppContext,
  botId: string,
  { epoch = 'current', from, to }: Partial<AnalyticsQuery> = {},
): Promise<BotAnalytics> {
  await getPublicBot(ctx, botId);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const [firstEpoch, lastEpoch] = epoch === 'all' ? [0, LAST_EPOCH] : [book.epoch, book.epoch];
  const scope = { botId, firstEpoch, lastEpoch, from: from ?? 0, to: to ?? LAST_TIME };
  const stats = await readTrades(ctx, scope);
  return {
    botId,
    epoch: epoch === 'all' ? null : book.epoch,
    from: from ?? null,
    to: to ?? null,
    trades: { ...stats.totals(), isCapped: stats.count === MOST_ROWS },
    ...stats.groups(),
    model: await readModelUse(ctx, scope),
    months: await readMonths(ctx, book, scope),
  };
}

async function readTrades(ctx: AppContext, scope: Scope): Promise<TradeStats> {
  const stats = new TradeStats();
  const pages = pagesBefore(scope.to, {
    read: (page) => listClosedPositions(ctx.db, { ...scope, ...page }),
    keyOf: (row) => ({ at: row.opened_at, key: row.id }),
  });
  for await (const rows of pages) for (const row of rows) stats.add(closedTrade(row));
  return stats;
}

function closedTrade(row: ClosedPositionRow): ClosedTrade {
  return {
    symbol: row.symbol,
    side: row.position_type,
    closeCause: row.close_cause ?? 'unknown',
    netMicros: row.realized_micros + row.funding_micros - row.fees_micros,
    feesMicros: row.fees_micros,
    fundingMicros: row.funding_micros,
    insuranceMicros: row.insurance_micros,
    marginMicros: Math.round(row.size * MICROS_PER_USD),
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    isLegacy: row.legacy === 1,
  };
}

async function readModelUse(ctx: AppContext, scope: Scope): Promise<ModelUse> {
  const latencies: number[] = [];
  const sums = {
    decisions: 0,
    costMicros: new KnownSum(),
    tokensIn: new KnownSum(),
    tokensOut: new KnownSum(),
  };
  const pages = pagesBefore<ModelUseRow>(scope.to, {
    read: (page) => listModelUse(ctx.db, { ...scope, ...page }),
    keyOf: (row) => ({ at: row.timestamp, key: row.id }),
  });
  for await (const rows of pages) {
    sums.decisions += rows.length;
    for (const row of rows) {
      sums.costMicros.add(row.cost_micros);
      sums.tokensIn.add(row.tokens_in);
      sums.tokensOut.add(row.tokens_out);
      if (row.latency_ms !== null) latencies.push(row.latency_ms);
    }
  }
  const { value: costMicros } = sums.costMicros;
  const [latencyP50Ms, latencyP95Ms] = quantiles(latencies, 0.5, 0.95);
  return {
    decisions: sums.decisions,
    isCapped: sums.decisions === MOST_ROWS,
    cost: costMicros === null ? null : usd(costMicros),
    tokensIn: sums.tokensIn.value,
    tokensOut: sums.tokensOut.value,
    latencyP50Ms,
    latencyP95Ms,
  };
}

/** The hour that runs is not rolled up yet: its last snapshot stands for it. */
async function readMonths(ctx: AppContext, book: BotBook, scope: Scope): Promise<MonthReturn[]> {
  const rows = await listEquityDays(ctx.db, { ...scope, from: hourOf(scope.from) });
  const days = rows.map((row) => ({
    epoch: row.epoch,
    at: row.last_at,
    first: row.first_value,
    last: row.last_value,
  }));
  const last = ctx.equityStats.lastPoint(book.botId);
  const isNewer = last && last.at >= scope.from && last.at <= scope.to && last.at > (days.at(-1)?.at ?? 0);
  return monthlyReturns(
    isNewer ? [...days, { epoch: book.epoch, at: last.at, first: last.value, last: last.value }] : days,
  );
}

/** Adds what is known; null as long as nothing is. */
class KnownSum {
  value: number | null = null;

  add(part: number | null): void {
    if (part !== null) this.value = (this.value ?? 0) + part;
  }
}

/** Page by page, newest first, from `to` on, at most MOST_ROWS rows. Others have their turn between two pages. */
async function* pagesBefore<Row>(
  to: number,
  { read, keyOf }: { read: (page: Before) => Promise<Row[]>; keyOf: (row: Row) => PageKey<string> },
): AsyncGenerator<Row[]> {
  let before: PageKey<string> = { at: to, key: LAST_ID };
  for (let count = 0; count < MOST_ROWS; count += ROWS_AT_ONCE) {
    const rows = await read({ beforeAt: before.at, beforeKey: before.key, limit: ROWS_AT_ONCE });
    yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return;
    before = keyOf(last);
    await breathe();
  }
}
