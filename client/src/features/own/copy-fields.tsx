import { useFormContext } from 'react-hook-form';
import { NameField, SelectField } from '../../ui/field.tsx';
import { isRequired, type FieldMap } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import type { useDeciders } from './provider-choice.ts';

export interface CopyValues {
  readonly name: string;
  readonly providerId: string;
}

/** Which of the fields a refusal concerns. */
export const COPY_FIELDS = {
  'name-taken': 'name',
  'not-found': 'providerId',
} as const satisfies FieldMap<CopyValues>;

interface CopyFieldsProps {
  readonly text: { readonly name: string; readonly provider: string };
  /** What may decide; asked for by the form, so that it is there before the fields are. */
  readonly deciders: ReturnType<typeof useDeciders>;
}

/** What a bot that is made from another's settings is called, and what decides for it; belongs in a form of both. */
export function CopyFields({ text, deciders }: CopyFieldsProps) {
  const { register, formState } = useFormContext<CopyValues>();
  const { errors } = formState;
  return (
    <>
      <NameField label={text.name} error={errors.name?.message} {...register('name', isRequired)} />
      <SelectField
        label={text.provider}
        error={errors.providerId?.message}
        options={[{ value: '', label: messages.form.choose }, ...deciders]}
        {...register('providerId', isRequired)}
      />
    </>
  );
}
