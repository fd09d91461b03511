import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { Budget } from '../../api/contract.ts';
import { budgetQuery, ownKeys } from '../../api/own-queries.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { TextField } from '../../ui/field.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { submitTo } from '../../ui/form.ts';
import { money, smallMoney } from '../../ui/format.ts';
import { spendingText } from '../../ui/messages/spending.ts';
import { notify } from '../../ui/notices.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useAct } from '../../ui/use-act.ts';
import { WallTime } from '../../ui/wall-time.tsx';
import { budgetProblem, usedPart } from './budget.ts';
import { Part } from './part.tsx';

const text = spendingText.budget;
/** From here on a bar says that little is left. */
const NEARLY_USED = 0.9;

/** What one's models may cost a day, and what today has cost. */
export function BudgetPart() {
  const { data, error, refetch } = useQuery(budgetQuery);
  return (
    <Part title={text.title} lead={text.lead}>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} className="py-2" />}
      {!data && !error && <Skeleton className="h-28" />}
      {data && (
        <div className="flex flex-col gap-4">
          <SpentToday budget={data} />
          <BudgetForm budget={data} />
        </div>
      )}
    </Part>
  );
}

function SpentToday({ budget }: { budget: Budget }) {
  const { dailyBudgetUsd, spentToday, resetsAt } = budget;
  const part = usedPart(budget);
  return (
    <div>
      <div className="flex items-baseline justify-between gap-2 text-sm">
        <span className="font-medium">{text.spent}</span>
        <span className="nums text-muted">
          {dailyBudgetUsd === null
            ? smallMoney(spentToday)
            : text.of(smallMoney(spentToday), money(dailyBudgetUsd))}
        </span>
      </div>
      {part !== null && (
        <div aria-hidden="true" className="mt-1 h-2 overflow-hidden rounded-full bg-raised">
          <div
            className={cn('h-full rounded-full', part >= NEARLY_USED ? 'bg-warn' : 'bg-accent')}
            style={{ width: `${part * 100}%` }}
          />
        </div>
      )}
      <p className="mt-1 text-xs text-muted">
        {part === null && `${text.none} · `}
        {part === 1 && <span className="text-warn">{text.usedUp} · </span>}
        <WallTime at={resetsAt} say={text.resets} />
      </p>
    </div>
  );
}

/** Sends a budget, and shows what the server made of it. */
function useSetBudget() {
  const queries = useQueryClient();
  return async (dailyBudgetUsd: number | null) => {
    const budget = await call('setBudget', { body: { dailyBudgetUsd } });
    queries.setQueryData(ownKeys.budget, budget);
    // Bots that waited for a budget may go on.
    void queries.invalidateQueries({ queryKey: keys.ownBots });
    return budget;
  };
}

function BudgetForm({ budget: { dailyBudgetUsd } }: { budget: Budget }) {
  const send = useSetBudget();
  const typed = dailyBudgetUsd === null ? '' : String(dailyBudgetUsd);
  const form = useForm({ values: { budget: typed }, resetOptions: { keepDirtyValues: true } });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(
    form,
    async (values) => {
      const saved = await send(Number(values.budget));
      form.reset({ budget: String(saved.dailyBudgetUsd ?? '') });
      notify(text.saved(money(saved.dailyBudgetUsd)));
    },
    { dailyBudgetUsd: 'budget' },
  );
  const remove = useAct(
    () => send(null),
    () => {
      form.reset({ budget: '' });
      return text.removed;
    },
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex items-start gap-2">
      <TextField
        label={text.label}
        hint={text.hint}
        error={errors.budget?.message ?? errors.root?.message}
        inputMode="decimal"
        autoComplete="off"
        className="flex-1"
        {...form.register('budget', { validate: (value) => budgetProblem(value) ?? true })}
      />
      <div className="mt-6 flex gap-2">
        <SubmitButton isBusy={isSubmitting}>{text.save}</SubmitButton>
        {dailyBudgetUsd !== null && (
          <Button className="h-10" onClick={remove.run} aria-disabled={remove.isBusy || undefined}>
            {text.remove}
          </Button>
        )}
      </div>
    </form>
  );
}
