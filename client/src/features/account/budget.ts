import type { Budget } from '../../api/contract.ts';
import { messages } from '../../ui/messages.ts';
import { spendingText } from '../../ui/messages/spending.ts';

const LEAST_USD = 0.01;
const MOST_USD = 1e6;

/** What is wrong with a budget as typed; null = nothing. */
export function budgetProblem(typed: string): string | null {
  if (typed.trim() === '') return messages.form.required;
  const usd = Number(typed);
  return usd >= LEAST_USD && usd <= MOST_USD ? null : spendingText.budget.wrong;
}

/** How much of today's budget is used, at most 1; null without one. */
export function usedPart({ dailyBudgetUsd, spentToday }: Budget): number | null {
  return dailyBudgetUsd === null ? null : Math.min(1, spentToday / dailyBudgetUsd);
}
