import { expect, it } from 'vitest';
import { budgetBodySchema } from '../../../../server/contract/http/thinking.ts';
import { budgetProblem, usedPart } from './budget.ts';

it.each(['0.01', '5', '1000000', '0', '-1', '1000000.5', 'abc', '1,5'])(
  'judges %s as the server does',
  (typed) => {
    const taken = budgetBodySchema.safeParse({ dailyBudgetUsd: Number(typed) }).success;
    expect(budgetProblem(typed) === null).toBe(taken);
  },
);

it('wants something to be typed', () => {
  expect(budgetProblem(' ')).not.toBeNull();
});

it('knows how much is used, and of nothing nothing', () => {
  expect(usedPart({ dailyBudgetUsd: 4, spentToday: 1, resetsAt: 0 })).toBe(0.25);
  expect(usedPart({ dailyBudgetUsd: 4, spentToday: 9, resetsAt: 0 })).toBe(1);
  expect(usedPart({ dailyBudgetUsd: null, spentToday: 9, resetsAt: 0 })).toBeNull();
});
