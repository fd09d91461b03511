import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { RequestError } from '../api/client.ts';
import { messages } from './messages.ts';

/** Which field a failure concerns: by the path the server names, or by its code. */
export type FieldMap<Values extends FieldValues> = Readonly<Record<string, FieldPath<Values>>>;

export interface Told<Name extends string> {
  readonly fields: readonly (readonly [Name, string])[];
  /** What no field can show; null when the fields say it all. */
  readonly whole: string | null;
}

/** Spreads a failure over the fields it concerns; what concerns none of them is said for the whole form. */
export function tellFailure<Name extends string>(
  error: unknown,
  fieldOf: (pathOrCode: string) => Name | undefined,
): Told<Name> {
  if (!(error instanceof RequestError)) throw error;
  const byCode = fieldOf(error.code);
  if (byCode !== undefined) return { fields: [[byCode, error.message]], whole: null };
  const fields = error.problems.flatMap(({ path, message }) => {
    const field = fieldOf(path);
    return field === undefined ? [] : [[field, asSentence(message)] as const];
  });
  const isAllTold = fields.length > 0 && fields.length === error.problems.length;
  return { fields, whole: isAllTold ? null : error.message };
}

/** The field of `name`, or of the nearest thing it is part of: `symbols.3` is shown at `symbols`. */
export function findField<Name extends string>(
  name: string,
  map: Readonly<Record<string, Name>>,
  isField: (path: string) => boolean,
): Name | undefined {
  for (let path = name; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    if (Object.hasOwn(map, path)) return map[path];
    if (isField(path)) return path as Name;
  }
  return undefined;
}

function asSentence(text: string): string {
  const sentence = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * Submits a form once at a time. What the server does not like is shown beside the fields it names; everything typed
 * stays.
 */
export function submitTo<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  send: (values: Values) => Promise<unknown>,
  map: FieldMap<Values> = {},
): (event?: { preventDefault(): void }) => Promise<void> {
  const fieldOf = (name: string): FieldPath<Values> | undefined =>
    findField(name, map, (path) => Object.hasOwn(form.getValues(), path));
  const submit = form.handleSubmit(async (values) => {
    try {
      await send(values);
    } catch (error) {
      const { fields, whole } = tellFailure(error, fieldOf);
      fields.forEach(([field, message], index) =>
        form.setError(field, { type: 'server', message }, { shouldFocus: index === 0 }),
      );
      if (whole !== null) form.setError('root', { type: 'server', message: whole });
    }
  });
  return async (event) => {
    event?.preventDefault();
    if (!form.formState.isSubmitting) await submit();
  };
}

/** What a form's frame needs to know of it. */
export interface Submission {
  readonly onSubmit: (event: { preventDefault(): void }) => void;
  /** What is wrong with the whole form. */
  readonly error: string | undefined;
  readonly isBusy: boolean;
}

/** `submitTo` for a frame; called while rendering, by the component that has the form. */
export function submissionOf<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  send: (values: Values) => Promise<unknown>,
  map: FieldMap<Values> = {},
): Submission {
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, send, map);
  return { onSubmit: (event) => void submit(event), error: errors.root?.message, isBusy: isSubmitting };
}

export const isRequired = { required: messages.form.required } as const;
