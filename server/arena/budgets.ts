import type { Actor, AppContext } from '../context.ts';
import type { Budget } from '../contract/http/thinking.ts';
import { audited } from '../db/queries/audit-log.ts';
import { reviewBudgetPauses, spentByBot, spentByUser } from '../db/queries/budgets.ts';
import { findUser, updateUser } from '../db/queries/users.ts';
import type { Db } from '../db/database.ts';
import { formatUsd, toMicros } from '../engine/money.ts';
import { NotFoundError } from '../errors.ts';
import type { ActiveBot } from './active-bot.ts';
import { DAY_MS, dayOf } from './days.ts';
import { usd } from './views.ts';

/** A bot that may not ask a model before the next day. */
export interface BudgetStop {
  /** A sentence for its owner. */
  readonly reason: string;
  /** Wall clock: when the day (UTC) is over. */
  readonly resumeAt: number;
}

type Spender = Pick<ActiveBot, 'botId' | 'userId' | 'providerType' | 'isHouse' | 'settings'>;

/**
 * Why a bot may ask no model now; null = it may. Counted is what calls of the day (UTC) cost as far as prices are known,
 * for decisions, summaries, previews and, for the user's budget, tests of providers. House bots and built-in strategies
 * are free. Bots of a user that think at the same moment may together spend a little more than is left.
 * @param now wall clock, epoch ms.
 */
export async function budgetStop(
  { db }: Pick<AppContext, 'db'>,
  bot: Spender,
  now: number,
): Promise<BudgetStop | null> {
  if (bot.isHouse || bot.providerType === 'house') return null;
  const since = dayOf(now);
  const stop = (reason: string) => ({ reason, resumeAt: since + DAY_MS });
  const ofBot = bot.settings.dailyBudgetUsd;
  const byBot = ofBot === undefined ? 0 : await botSpent(db, bot.botId, since);
  if (ofBot !== undefined && byBot >= toMicros(ofBot))
    return stop(usedUp('The daily budget of this bot', toMicros(ofBot), byBot));
  const ofUser = (await findUser(db, bot.userId))?.daily_budget_micros ?? null;
  if (ofUser === null) return null;
  const byUser = await userSpent(db, bot.userId, since);
  return byUser < ofUser ? null : stop(usedUp('The daily budget of its owner', ofUser, byUser));
}

function usedUp(what: string, budget: number, spent: number): string {
  return `${what}, ${formatUsd(budget)} USD, is used up (${formatUsd(spent)} USD): it goes on at 00:00 UTC.`;
}

async function botSpent(db: Db, botId: string, since: number): Promise<number> {
  return (await db.first(spentByBot, { bot_id: botId, since }))?.cost_micros ?? 0;
}

async function userSpent(db: Db, userId: string, since: number): Promise<number> {
  return (await db.first(spentByUser, { user_id: userId, since }))?.cost_micros ?? 0;
}

/** What a user's models may cost a day, and what they have cost today. @throws NotFoundError */
export async function readBudget(
  { db, clock }: Pick<AppContext, 'db' | 'clock'>,
  userId: string,
): Promise<Budget> {
  const user = await findUser(db, userId);
  if (!user) throw new NotFoundError('user', userId);
  const since = dayOf(clock.wallNow());
  const budget = user.daily_budget_micros;
  return {
    dailyBudgetUsd: budget === null ? null : usd(budget),
    spentToday: usd(await userSpent(db, userId, since)),
    resetsAt: since + DAY_MS,
  };
}

/** Sets what a user's models may cost a day; bots that a budget has paused are looked at anew. @param budget null = no limit. */
export async function setBudget(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  by: Actor,
  { dailyBudgetUsd }: { dailyBudgetUsd: number | null },
): Promise<void> {
  const { db, clock } = ctx;
  const before = await readBudget(ctx, by.userId);
  const micros = dailyBudgetUsd === null ? null : toMicros(dailyBudgetUsd);
  await db.commit([
    updateUser(db.read, by.userId, { daily_budget_micros: micros }),
    reviewBudgetPauses(db.read, { userId: by.userId, at: clock.wallNow() }),
    audited(ctx, by, {
      action: 'budget.updated',
      subjectType: 'user',
      subjectId: by.userId,
      details: { before: { dailyBudgetUsd: before.dailyBudgetUsd }, after: { dailyBudgetUsd } },
    }),
    ...by.remember({}),
  ]);
}
