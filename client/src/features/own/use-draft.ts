import { useEffect, useState } from 'react';
import type { DefaultValues, FieldValues, UseFormReturn } from 'react-hook-form';

const PREFIX = 'arena.draft.';

function storedDraft(key: string): unknown {
  try {
    const text = sessionStorage.getItem(PREFIX + key);
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    // Storage may be switched off, or hold what an older page wrote.
    return null;
  }
}

function storeDraft(key: string, values: unknown): void {
  try {
    if (values === null) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(values));
  } catch {
    // Without storage a draft lasts as long as its page.
  }
}

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
