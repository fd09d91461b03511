import { useFormContext } from 'react-hook-form';
import { TextField } from './field.tsx';
import { providersText } from './messages/providers.ts';
import { priceProblem, type PriceField, type PriceValues } from './price-values.ts';

const text = providersText;

interface PriceFieldsProps {
  readonly title: string;
  readonly hint: string;
  /** Whether there must be one. */
  readonly isNeeded?: boolean;
}

/** What is read, what is written, and what is read again, in a form that has a price. */
export function PriceFields({ title, hint, isNeeded = false }: PriceFieldsProps) {
  const { register, formState } = useFormContext<PriceValues>();
  const part = (field: PriceField) => ({
    error: formState.errors[field]?.message,
    inputMode: 'decimal' as const,
    autoComplete: 'off',
    ...register(field, { validate: (_, values) => priceProblem(values, field, isNeeded) ?? true }),
  });
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">{title}</legend>
      <p className="mt-0.5 mb-2 text-xs text-muted">{hint}</p>
      <div className="grid grid-cols-3 gap-2">
        <TextField label={text.priceFields.input} {...part('priceInput')} />
        <TextField label={text.priceFields.output} {...part('priceOutput')} />
        <TextField label={text.priceFields.cached} hint={text.cachedHint} {...part('priceCached')} />
      </div>
    </fieldset>
  );
}
