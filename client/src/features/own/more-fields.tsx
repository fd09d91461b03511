import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormContext, useWatch } from 'react-hook-form';
import { SelectField, TextField } from '../../ui/field.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { PUBLISHED_PARTS, type BotFormValues } from './bot-form-values.ts';
import { ModelSettings } from './model-settings.tsx';
import { isBetween, optionalBetween, type Range } from './number-rules.ts';
import { SymbolFields } from './symbol-fields.tsx';

const text = ownText.form;

interface MoreFieldsProps {
  readonly isOpen: boolean;
  /** How often the bot decides by the arena's setting; null where that is not known. */
  readonly turnIntervalMs: number | null;
}

/** What may stay as the arena has it. */
export function MoreFields({ isOpen, turnIntervalMs }: MoreFieldsProps) {
  const { errors } = useFormContext<BotFormValues>().formState;
  const { symbols, turnSeconds, cooldownMinutes, maxOpenPositions, minSizeUsd, publishing } = errors;
  const { analysisSteps, maxAnswerTokens, dailyBudgetUsd } = errors;
  const kind = useWatch<BotFormValues, 'kind'>({ name: 'kind' });
  const hasModelErrors = [analysisSteps, maxAnswerTokens, dailyBudgetUsd].some(Boolean);
  const hasLimitErrors = [turnSeconds, cooldownMinutes, maxOpenPositions, minSizeUsd].some(Boolean);
  return (
    <>
      {kind === 'provider' && (
        <Fold
          title={thinkingText.settings.title}
          lead={thinkingText.settings.lead}
          isOpen={isOpen || hasModelErrors}
        >
          <ModelSettings />
        </Fold>
      )}
      <Fold title={text.symbols} isOpen={isOpen || symbols !== undefined}>
        <SymbolFields />
      </Fold>
      <Fold title={text.rhythm} lead={text.rhythmLead} isOpen={isOpen || hasLimitErrors}>
        <LimitFields turnIntervalMs={turnIntervalMs} />
      </Fold>
      <Fold title={text.publishing} lead={text.publishingLead} isOpen={isOpen || publishing !== undefined}>
        <PublishingFields />
      </Fold>
    </>
  );
}

interface FoldProps {
  readonly title: string;
  readonly lead?: string;
  readonly isOpen: boolean;
  readonly children: ReactNode;
}

/** A part that opens; what is wrong in it opens it too. */
function Fold({ title, lead, isOpen, children }: FoldProps) {
  return (
    <details open={isOpen} className="group rounded-lg border border-line bg-surface">
      <summary className="flex list-none items-center gap-2 p-4 text-base font-semibold -outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-4 text-muted transition-transform group-open:rotate-90"
        />
        <h2>{title}</h2>
      </summary>
      <div className="flex flex-col gap-4 px-4 pb-4">
        {lead !== undefined && <p className="-mt-2 text-sm text-muted">{lead}</p>}
        {children}
      </div>
    </details>
  );
}

type LimitField = 'turnSeconds' | 'cooldownMinutes' | 'maxOpenPositions' | 'minSizeUsd';

const LIMITS: readonly { name: LimitField; label: string; hint: string; range: Range }[] = [
  {
    name: 'turnSeconds',
    label: text.turnSeconds,
    hint: text.turnHint,
    range: { least: 1, most: 86_400, isWhole: false },
  },
  {
    name: 'cooldownMinutes',
    label: text.cooldownMinutes,
    hint: text.cooldownHint,
    range: { least: 0, most: 1_440, isWhole: false },
  },
  {
    name: 'maxOpenPositions',
    label: text.maxOpenPositions,
    hint: text.maxOpenHint,
    range: { least: 1, most: 100, isWhole: true },
  },
  {
    name: 'minSizeUsd',
    label: text.minSizeUsd,
    hint: text.minSizeHint,
    range: { least: 1, most: 1_000_000, isWhole: false },
  },
];

function LimitFields({ turnIntervalMs }: { turnIntervalMs: number | null }) {
  const turns =
    turnIntervalMs === null ? text.arenaDefault : text.arenaDefaultNow(String(turnIntervalMs / 1_000));
  const { register, formState } = useFormContext<BotFormValues>();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {LIMITS.map(({ name, label, hint, range }) => (
        <TextField
          key={name}
          label={label}
          hint={hint}
          error={formState.errors[name]?.message}
          inputMode="decimal"
          placeholder={name === 'turnSeconds' ? turns : text.arenaDefault}
          autoComplete="off"
          {...register(name, { validate: optionalBetween(range) })}
        />
      ))}
      <SelectField
        label={text.allowAdding}
        hint={text.addingHint}
        options={(['default', 'yes', 'no'] as const).map((value) => ({ value, label: text.adding[value] }))}
        {...register('allowAdding')}
      />
    </div>
  );
}

const HOURS: Range = { least: 1, most: 720, isWhole: true };

function PublishingFields() {
  const { register, watch, formState } = useFormContext<BotFormValues>();
  return PUBLISHED_PARTS.map((part) => (
    <div key={part} className="grid grid-cols-[minmax(0,1fr)_8rem] items-start gap-3">
      <SelectField
        label={text.parts[part]}
        options={(['owner', 'delayed', 'public'] as const).map((value) => ({
          value,
          label: text.visibility[value],
        }))}
        className={watch(`publishing.${part}.mode`) === 'delayed' ? undefined : 'col-span-2'}
        {...register(`publishing.${part}.mode`)}
      />
      {watch(`publishing.${part}.mode`) === 'delayed' && (
        <TextField
          label={text.hours}
          error={formState.errors.publishing?.[part]?.hours?.message}
          inputMode="numeric"
          autoComplete="off"
          {...register(`publishing.${part}.hours`, {
            validate: (typed) => isBetween(typed, HOURS) || text.hoursHint,
            shouldUnregister: false,
          })}
        />
      )}
    </div>
  ));
}
