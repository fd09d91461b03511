import { useFormContext } from 'react-hook-form';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import type { BotFormValues } from './bot-form-values.ts';
import { isBetween, optionalBetween, type Range } from './number-rules.ts';

const text = thinkingText.settings;
const STEPS = [0, 1, 2, 3, 4, 5] as const;
const TOKENS: Range = { least: 256, most: 64_000, isWhole: true };
const BUDGET: Range = { least: 0.01, most: 1_000_000, isWhole: false };

/** How much a model may look up, write and cost. */
export function ModelSettings() {
  const { register, formState } = useFormContext<BotFormValues>();
  const { errors } = formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={text.analysisSteps}
        hint={text.analysisHint}
        error={errors.analysisSteps?.message}
        options={STEPS.map((steps) => ({ value: String(steps), label: text.stepOptions(steps) }))}
        {...register('analysisSteps')}
      />
      <TextField
        label={text.maxAnswerTokens}
        hint={text.maxAnswerHint}
        error={errors.maxAnswerTokens?.message}
        inputMode="numeric"
        autoComplete="off"
        placeholder={ownText.form.arenaDefault}
        {...register('maxAnswerTokens', { validate: optionalBetween(TOKENS) })}
      />
      <TextField
        label={text.dailyBudget}
        hint={text.dailyBudgetHint}
        error={errors.dailyBudgetUsd?.message}
        inputMode="decimal"
        autoComplete="off"
        placeholder={text.noBudget}
        {...register('dailyBudgetUsd', {
          validate: (typed) => typed.trim() === '' || isBetween(typed, BUDGET) || text.budgetRange,
        })}
      />
      <CheckField
        label={text.share}
        hint={text.shareHint}
        className="self-start sm:pt-6"
        {...register('shareAnswers')}
      />
    </div>
  );
}
