import { useEffect, useState } from 'react';
import type { DefaultValues, FieldValues, UseFormReturn } from 'react-hook-form';
import { storeDraft, storedDraft } from '../../ui/drafts.ts';

interface Draft<Values extends FieldValues> {
  /** What was typed before stands in the form. */
  readonly wasFilledIn: boolean;
  readonly forget: () => void;
  readonly startOver: (first: DefaultValues<Values>) => void;
}

/** Keeps what is typed until it is saved, also while one logs in again. */
export function useDraft<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  key: string,
): Draft<Values> {
  const [draft, setDraft] = useState(() => storedDraft(key) as Values | null);
  useEffect(() => {
    if (draft) form.reset({ ...form.getValues(), ...draft }, { keepDefaultValues: true });
  }, [form, draft]);
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true, isDirty: true },
        callback: ({ values, isDirty, name }) => {
          if (isDirty === true && name !== undefined) storeDraft(key, values);
        },
      }),
    [form, key],
  );
  const forget = () => storeDraft(key, null);
  const startOver = (first: DefaultValues<Values>) => {
    forget();
    setDraft(null);
    form.reset(first);
  };
  return { wasFilledIn: draft !== null, forget, startOver };
}
