import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormProvider, useForm, useWatch } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { PresetView, ProviderView } from '../../api/contract.ts';
import { ownKeys, presetsQuery } from '../../api/own-queries.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { submissionOf, type FieldMap } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { notify } from '../../ui/notices.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { presetOfForm } from './preset-choice.ts';
import { AddressField, KeyFields, ModelField, NameOfProvider, PresetField } from './provider-fields.tsx';
import { createBodyOf, updateBodyOf, valuesOfProvider, type ProviderValues } from './provider-values.ts';
import { SavedProvider } from './saved-provider.tsx';

const text = providersText;

interface ProviderDialogProps {
  /** null = a new one. */
  readonly provider: ProviderView | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Once the dialog is left: lists of providers have the saved one by then. */
  readonly onSaved?: (provider: ProviderView) => void;
}

export function ProviderDialog(props: ProviderDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

/** The form, and once it is saved the way to try it. */
function OpenDialog({ provider, onClose, onSaved }: ProviderDialogProps) {
  const [saved, setSaved] = useState<ProviderView | null>(null);
  const { data: presets, error, refetch } = useQuery(presetsQuery);
  const title = saved
    ? text.test.title(saved.name)
    : provider
      ? text.editTitle(provider.name)
      : text.addTitle;
  const close = () => {
    if (saved) onSaved?.(saved);
    onClose();
  };
  return (
    <Dialog title={title} isOpen onOpenChange={(next) => next || close()} isWide>
      {saved && <SavedProvider provider={saved} onClose={close} />}
      {!saved && !presets && !error && <Skeleton className="h-96" />}
      {!saved && !presets && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!saved && presets && (
        <ProviderForm provider={provider} presets={presets} onClose={close} onSaved={setSaved} />
      )}
    </Dialog>
  );
}

interface ProviderFormProps {
  readonly provider: ProviderView | null;
  readonly presets: readonly PresetView[];
  readonly onClose: () => void;
  readonly onSaved: (provider: ProviderView) => void;
}

const FIELDS: FieldMap<ProviderValues> = {
  'options.structure': 'structure',
  'options.hasTools': 'tools',
  'options.price.input': 'priceInput',
  'options.price.output': 'priceOutput',
  'options.price.cachedInput': 'priceCached',
  options: 'structure',
};

function ProviderForm({ provider, presets, onClose, onSaved }: ProviderFormProps) {
  const queries = useQueryClient();
  const form = useForm<ProviderValues>({ defaultValues: valuesOfProvider(provider) });
  const [chosen, apiEndpoint] = useWatch({ control: form.control, name: ['preset', 'apiEndpoint'] });
  const preset = presetOfForm(presets, { preset: chosen, apiEndpoint }, provider);
  const send = async (values: ProviderValues) => {
    const saved = provider
      ? await call('updateProvider', { params: { id: provider.id }, body: updateBodyOf(values, provider) })
      : await call('createProvider', { body: createBodyOf(values, preset?.providerType ?? 'openai') });
    // What was tried is not what is stored now.
    void queries.resetQueries({ queryKey: ownKeys.providerTest(saved.id) });
    await queries.invalidateQueries({ queryKey: ownKeys.providers });
    notify(provider ? messages.form.saved : text.added(saved.name));
    onSaved(saved);
  };
  const submission = submissionOf(form, send, FIELDS);
  return (
    <FormProvider {...form}>
      <DialogForm
        {...submission}
        action={messages.form.save}
        isDisabled={!provider && !preset}
        onCancel={onClose}
      >
        {!provider && <PresetField presets={presets} />}
        {(provider ?? preset) && (
          <>
            <KeyFields provider={provider} preset={preset} />
            <div className="grid gap-4 sm:grid-cols-2">
              <ModelField preset={preset} />
              <NameOfProvider />
            </div>
            <AddressField provider={provider} preset={preset} />
            <AdvancedFields preset={preset} />
          </>
        )}
      </DialogForm>
    </FormProvider>
  );
}
