import { useId, type ComponentProps } from 'react';
import { ExactField } from './field.tsx';

interface Suggestion {
  readonly value: string;
  readonly label: string;
}

/** Any name may be typed; those that are known are offered. */
export function SuggestField({
  suggestions,
  ...field
}: ComponentProps<typeof ExactField> & { suggestions: readonly Suggestion[] }) {
  const listId = useId();
  return (
    <>
      <ExactField {...field} list={suggestions.length === 0 ? undefined : listId} />
      <datalist id={listId} className="hidden">
        {suggestions.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </datalist>
    </>
  );
}
