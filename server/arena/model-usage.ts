import { setImmediate as breathe } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import type { ModelUsage, Spending } from '../contract/http/thinking.ts';
import { callSums, listNamesOfBots, type CallSums } from '../db/queries/model-calls.ts';
import { InvalidInputError } from '../errors.ts';
import { DAY_MS, dayOf } from './days.ts';
import { usd } from './views.ts';

const USUAL_DAYS = 30;
const MOST_DAYS = 366;
/** Stands for calls that were for no bot. */
const NO_BOT = 'none';

export interface UsageQuery {
  readonly userId: string;
  /** Wall clock, epoch ms; the last 30 days unless said otherwise. */
  readonly from?: number | undefined;
  /** Not itself. */
  readonly to?: number | undefined;
  readonly groupBy: 'day' | 'bot' | 'model' | 'purpose';
}

type Sums = Omit<CallSums, 'key'>;

/**
 * What a user's models took and cost: by day from the first to the last, otherwise what cost most first. A day is read at
 * a time, so that a long history holds nobody up.
 * @throws InvalidInputError for more than 366 days.
 */
export async function readModelUsage(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  query: UsageQuery,
): Promise<ModelUsage> {
  const { from, to } = rangeOf(query, ctx.clock.wallNow());
  const sums = await sumUp(ctx, { ...query, from, to });
  const labels = query.groupBy === 'bot' ? await botLabels(ctx, query.userId) : null;
  const items = [...sums].map(([key, sum]) => ({
    key,
    label: labels?.get(key) ?? key,
    ...spendingOf(sum),
  }));
  if (query.groupBy !== 'day') items.sort((a, b) => b.cost - a.cost || b.calls - a.calls);
  return { from, to, items, total: spendingOf([...sums.values()].reduce(add, NOTHING)) };
}

function rangeOf({ from, to }: UsageQuery, now: number): { from: number; to: number } {
  const end = to ?? now + 1;
  const start = from ?? dayOf(end - 1) - (USUAL_DAYS - 1) * DAY_MS;
  const message = start > end ? 'from is later than to' : `at most ${MOST_DAYS} days at once`;
  if (start > end || end - start > MOST_DAYS * DAY_MS)
    throw new InvalidInputError(`This stretch of time is not possible: ${message}.`, [
      { path: 'from', message },
    ]);
  return { from: start, to: end };
}

async function sumUp(
  { db }: Pick<AppContext, 'db'>,
  { userId, from, to, groupBy }: UsageQuery & { from: number; to: number },
): Promise<Map<string, Sums>> {
  const query = callSums[groupBy === 'day' ? 'user' : groupBy];
  const sums = new Map<string, Sums>();
  for (let day = dayOf(from); day < to; day += DAY_MS) {
    const range = { from: Math.max(from, day), to: Math.min(to, day + DAY_MS) };
    for (const row of await db.all(query, { user_id: userId, ...range })) {
      const key = groupBy === 'day' ? new Date(day).toISOString().slice(0, 10) : (row.key ?? NO_BOT);
      sums.set(key, add(sums.get(key) ?? NOTHING, row));
    }
    await breathe();
  }
  return sums;
}

const NOTHING: Sums = {
  calls: 0,
  tokens_in: 0,
  tokens_cached: 0,
  tokens_out: 0,
  cost_micros: 0,
  priced_calls: 0,
};

function add(a: Sums, b: Sums): Sums {
  return {
    calls: a.calls + b.calls,
    tokens_in: a.tokens_in + b.tokens_in,
    tokens_cached: a.tokens_cached + b.tokens_cached,
    tokens_out: a.tokens_out + b.tokens_out,
    cost_micros: a.cost_micros + b.cost_micros,
    priced_calls: a.priced_calls + b.priced_calls,
  };
}

function spendingOf(sums: Sums): Spending {
  return {
    calls: sums.calls,
    tokensIn: sums.tokens_in,
    tokensCached: sums.tokens_cached,
    tokensOut: sums.tokens_out,
    cost: usd(sums.cost_micros),
    unpricedCalls: sums.calls - sums.priced_calls,
  };
}

async function botLabels(
  { db }: Pick<AppContext, 'db'>,
  userId: string,
): Promise<ReadonlyMap<string, string>> {
  const bots = await listNamesOfBots(db.read, userId);
  return new Map([[NO_BOT, 'No bot'], ...bots.map(({ id, name }) => [id, name] as const)]);
}
