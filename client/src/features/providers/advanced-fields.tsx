import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import type { PresetView } from '../../api/contract.ts';
import { SelectField } from '../../ui/field.tsx';
import { PriceFields } from '../../ui/price-fields.tsx';
import { providersText } from '../../ui/messages/providers.ts';
import { hasOptions, type ProviderValues } from './provider-values.ts';

const text = providersText;
const STRUCTURES = ['schema', 'json', 'text'] as const;

/** What an endpoint can do and costs, where its owner knows better than the list. */
export function AdvancedFields({ preset }: { preset: PresetView | undefined }) {
  const { register, getValues, formState } = useFormContext<ProviderValues>();
  const [isOpen, setIsOpen] = useState(() => hasOptions(getValues()));
  const { errors } = formState;
  const hasError = Boolean(
    errors.structure ?? errors.tools ?? errors.priceInput ?? errors.priceOutput ?? errors.priceCached,
  );
  const known = (what: string | undefined) => (what === undefined ? text.asKnown : text.asPreset(what));
  return (
    <details
      // What is wrong inside must be seen.
      open={isOpen || hasError}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      className="rounded-md border border-line"
    >
      <summary className="px-3 py-2.5 text-sm font-medium">{text.advanced}</summary>
      <div className="flex flex-col gap-4 border-t border-line p-3">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={text.structure}
            hint={text.structureHint}
            error={errors.structure?.message}
            options={[
              { value: '', label: known(preset && text.structures[preset.structure]) },
              ...STRUCTURES.map((value) => ({ value, label: text.structures[value] })),
            ]}
            {...register('structure')}
          />
          <SelectField
            label={text.tools}
            hint={text.toolsHint}
            error={errors.tools?.message}
            options={[
              { value: '', label: known(preset && text.toolsKnown[preset.hasTools ? 'yes' : 'no']) },
              { value: 'yes', label: text.toolChoices.yes },
              { value: 'no', label: text.toolChoices.no },
            ]}
            {...register('tools')}
          />
        </div>
        <PriceFields title={text.ownPrice} hint={text.ownPriceHint} />
      </div>
    </details>
  );
}
