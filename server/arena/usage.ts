import type { AppContext } from '../context.ts';
import { listBotIds } from '../db/queries/erase.ts';
import { listProviders } from '../db/queries/providers.ts';
import { findMostUsed, findUsage, type Quota } from '../db/queries/usage.ts';
import { readBudget } from './budgets.ts';
import { forcedSummaries, forcedTurns } from './quotas.ts';
import { modelCalls, modelTokens, storedBytes } from './turn-quotas.ts';

export interface QuotaView {
  readonly kind: string;
  readonly used: number;
  readonly limit: number;
  /** Wall clock, epoch ms; null = a stock, which does not begin anew. */
  readonly resetsAt: number | null;
}

/** How much of each limit a user has used, of a budget in USD; of a limit for each bot, by the bot that has used most. */
export async function readUsage(
  { db, clock, settings }: Pick<AppContext, 'db' | 'clock' | 'settings'>,
  userId: string,
): Promise<QuotaView[]> {
  const limits = settings.current;
  const now = clock.wallNow();
  const botIds = await listBotIds(db.read, userId, { withDeleted: false });
  const providers = await listProviders(db.read, userId);
  const flow = (quota: Quota, used: number): QuotaView => ({
    kind: quota.kind,
    used,
    limit: quota.limit,
    resetsAt: now - (now % quota.windowMs) + quota.windowMs,
  });
  const daily = [modelCalls(userId, limits), modelTokens(userId, limits), storedBytes(userId, limits)];
  const used = await Promise.all(daily.map((quota) => findUsage(db.read, quota, now)));
  const { dailyBudgetUsd, spentToday, resetsAt } = await readBudget({ db, clock }, userId);
  const turns = botIds.map((botId) => forcedTurns(botId, limits));
  const summaries = botIds.map((botId) => forcedSummaries(botId, limits));
  return [
    { kind: 'bots', used: botIds.length, limit: limits.max_bots_per_user, resetsAt: null },
    { kind: 'providers', used: providers.length, limit: limits.max_providers_per_user, resetsAt: null },
    ...daily.map((quota, i) => flow(quota, used[i] ?? 0)),
    flow(forcedTurns('', limits), await findMostUsed(db.read, turns, now)),
    flow(forcedSummaries('', limits), await findMostUsed(db.read, summaries, now)),
    ...(dailyBudgetUsd === null
      ? []
      : [{ kind: 'model-budget-usd', used: spentToday, limit: dailyBudgetUsd, resetsAt }]),
  ];
}
