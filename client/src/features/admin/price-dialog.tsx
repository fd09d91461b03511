import { useQueryClient } from '@tanstack/react-query';
import { FormProvider, useForm, useWatch } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { PresetView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { isRequired, submissionOf, type FieldMap } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { adminText } from '../../ui/messages/admin.ts';
import { notify } from '../../ui/notices.ts';
import { PriceFields } from '../../ui/price-fields.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { zone } from '../../ui/time.ts';
import { modelSuggestions, presetOptions } from '../providers/preset-choice.ts';
import { priceBodyOf, type ArenaPriceValues } from './price-values.ts';

const text = adminText.prices;
const FIELDS: FieldMap<ArenaPriceValues> = {
  'price.input': 'priceInput',
  'price.output': 'priceOutput',
  'price.cachedInput': 'priceCached',
  'price-exists': 'validFrom',
};
const EMPTY: ArenaPriceValues = {
  preset: '',
  model: '',
  priceInput: '',
  priceOutput: '',
  priceCached: '',
  validFrom: '',
};

interface PriceDialogProps {
  readonly presets: readonly PresetView[];
  readonly onClose: () => void;
}

/** Sets the price of a model from a time on. Shown while it is rendered. */
export function PriceDialog({ presets, onClose }: PriceDialogProps) {
  const queries = useQueryClient();
  const form = useForm<ArenaPriceValues>({ defaultValues: EMPTY });
  const { errors } = form.formState;
  const send = async (values: ArenaPriceValues) => {
    const { model } = await call('setModelPrice', { body: priceBodyOf(values) });
    await queries.invalidateQueries({ queryKey: ownKeys.prices });
    // They tell prices, too.
    void queries.invalidateQueries({ queryKey: ownKeys.presets });
    void queries.invalidateQueries({ queryKey: ownKeys.providers });
    notify(text.set(model));
    onClose();
  };
  const submission = submissionOf(form, send, FIELDS);
  const chosen = useWatch({ control: form.control, name: 'preset' });
  const preset = presets.find(({ id }) => id === chosen);
  return (
    <Dialog title={text.addTitle} isOpen onOpenChange={(next) => next || onClose()} isWide>
      <FormProvider {...form}>
        <DialogForm {...submission} action={messages.form.save} onCancel={onClose}>
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField
              label={text.preset}
              error={errors.preset?.message}
              options={[{ value: '', label: messages.form.choose }, ...presetOptions(presets)]}
              {...form.register('preset', isRequired)}
            />
            <SuggestField
              label={text.model}
              hint={text.modelHint}
              error={errors.model?.message}
              maxLength={128}
              suggestions={modelSuggestions(preset)}
              {...form.register('model', isRequired)}
            />
          </div>
          <PriceFields title={text.price} hint={text.priceHint} isNeeded />
          <TextField
            type="datetime-local"
            label={text.validFrom}
            hint={text.validFromHint(zone)}
            error={errors.validFrom?.message}
            {...form.register('validFrom')}
          />
        </DialogForm>
      </FormProvider>
    </Dialog>
  );
}
