import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import type { ProviderView } from '../../api/contract.ts';
import { providersQuery } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Section } from '../../ui/form-parts.tsx';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { RadioCard, RadioCards } from '../../ui/radio-cards.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { ProviderDialog } from '../providers/provider-dialog.tsx';
import { strategyTitle, type BotFormValues } from './bot-form-values.ts';
import { PromptField } from './prompt-field.tsx';

const text = ownText.form;

/** What decides: a built-in strategy, or a model with a prompt. */
export function DeciderFields() {
  const { register, watch } = useFormContext<BotFormValues>();
  const { data, error, refetch } = useQuery(providersQuery);
  return (
    <Section title={text.decides} lead={text.decidesLead}>
      <RadioCards label={text.decides} className="grid-cols-2">
        {(['strategy', 'provider'] as const).map((kind) => (
          <RadioCard key={kind} value={kind} title={text.kinds[kind]} {...register('kind')} />
        ))}
      </RadioCards>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-48" />}
      {data && watch('kind') === 'strategy' && (
        <StrategyChoice strategies={data.filter(({ isBuiltIn }) => isBuiltIn)} />
      )}
      {data && watch('kind') === 'provider' && (
        <ModelFields providers={data.filter(({ isBuiltIn }) => !isBuiltIn)} />
      )}
    </Section>
  );
}

function StrategyChoice({ strategies }: { strategies: readonly ProviderView[] }) {
  const { register } = useFormContext<BotFormValues>();
  return (
    <RadioCards label={text.strategy} className="sm:grid-cols-2 lg:grid-cols-3">
      {strategies.map(({ id, name, description }) => (
        <RadioCard
          key={id}
          value={id}
          title={strategyTitle(name)}
          text={description}
          {...register('strategyId')}
        />
      ))}
    </RadioCards>
  );
}

function ModelFields({ providers }: { providers: readonly ProviderView[] }) {
  const [isAdding, setIsAdding] = useState(false);
  const { register, setValue, formState } = useFormContext<BotFormValues>();
  const { errors } = formState;
  const options = providers.map(({ id, name, modelName }) => ({
    value: id,
    label: `${name} (${modelName})`,
  }));
  return (
    <>
      {providers.length === 0 && (
        <div>
          <p className="text-sm text-soft">{text.noProvider}</p>
          <input type="hidden" {...register('providerId', { required: text.addFirst })} />
          <p role="alert" className="mt-1 text-sm text-loss empty:hidden">
            {errors.providerId?.message}
          </p>
        </div>
      )}
      <div className="flex flex-wrap items-end gap-2">
        {providers.length > 0 && (
          <SelectField
            label={text.provider}
            error={errors.providerId?.message}
            className="flex-1 basis-56"
            options={[{ value: '', label: messages.form.choose }, ...options]}
            {...register('providerId', { required: text.chooseProvider })}
          />
        )}
        <Button className="h-10" onClick={() => setIsAdding(true)}>
          <Plus aria-hidden="true" /> {providers.length === 0 ? text.addProvider : text.anotherProvider}
        </Button>
      </div>
      <PromptField />
      <ProviderDialog
        provider={null}
        isOpen={isAdding}
        onClose={() => setIsAdding(false)}
        onSaved={({ id }) => setValue('providerId', id, { shouldDirty: true, shouldValidate: true })}
      />
    </>
  );
}
