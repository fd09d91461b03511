import { useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { ProviderView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, PasswordField, SelectField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { notify } from '../../ui/notices.ts';
import { createBodyOf, updateBodyOf, valuesOfProvider, type ProviderValues } from './provider-values.ts';

const text = providersText;

interface ProviderDialogProps {
  /** null = a new one. */
  readonly provider: ProviderView | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSaved?: (provider: ProviderView) => void;
}

export function ProviderDialog(props: ProviderDialogProps) {
  const { provider, isOpen, onClose } = props;
  return (
    <Dialog
      title={provider ? text.editTitle(provider.name) : text.addTitle}
      isOpen={isOpen}
      onOpenChange={(next) => next || onClose()}
    >
      {isOpen && <ProviderForm {...props} />}
    </Dialog>
  );
}

function ProviderForm({ provider, onClose, onSaved }: ProviderDialogProps) {
  const queries = useQueryClient();
  const form = useForm<ProviderValues>({ defaultValues: valuesOfProvider(provider) });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, async (values) => {
    const saved = provider
      ? await call('updateProvider', { params: { id: provider.id }, body: updateBodyOf(values, provider) })
      : await call('createProvider', { body: createBodyOf(values) });
    await queries.invalidateQueries({ queryKey: ownKeys.providers });
    notify(provider ? messages.form.saved : text.added(saved.name));
    onSaved?.(saved);
    onClose();
  });
  const types = Object.entries(text.types).map(([value, label]) => ({ value, label }));
  return (
    <form
      onSubmit={(event) => {
        // A dialog in a form's page: its submit must not submit the form around it.
        event.stopPropagation();
        void submit(event);
      }}
      noValidate
      className="flex flex-col gap-4"
    >
      {!provider && (
        <SelectField
          label={text.type}
          error={errors.providerType?.message}
          options={types}
          {...form.register('providerType')}
        />
      )}
      <TextField
        label={text.name}
        hint={text.nameHint}
        error={errors.name?.message}
        maxLength={64}
        autoComplete="off"
        {...form.register('name', isRequired)}
      />
      <TextField
        label={text.model}
        hint={text.modelHint}
        error={errors.modelName?.message}
        maxLength={128}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.register('modelName', isRequired)}
      />
      <TextField
        label={text.endpoint}
        hint={text.endpointHint}
        error={errors.apiEndpoint?.message}
        inputMode="url"
        placeholder={text.endpointPlaceholder}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.register('apiEndpoint')}
      />
      <KeyFields form={form} provider={provider} />
      <FormError error={errors.root?.message} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{messages.form.cancel}</Button>
        <SubmitButton isBusy={isSubmitting} className="h-9">
          {messages.form.save}
        </SubmitButton>
      </div>
    </form>
  );
}

interface KeyFieldsProps {
  readonly form: ReturnType<typeof useForm<ProviderValues>>;
  readonly provider: ProviderView | null;
}

function KeyFields({ form, provider }: KeyFieldsProps) {
  const hasStored = provider?.apiKey.isSet === true;
  const isMoved = hasStored && form.watch('apiEndpoint').trim() !== (provider.apiEndpoint ?? '');
  const last4 = provider?.apiKey.last4 ?? null;
  const stored = text.keyStored(last4 === null ? '' : text.keyEnds(last4));
  const isRemoved = form.watch('removeKey') && hasStored && !isMoved;
  return (
    <>
      {!isRemoved && (
        <PasswordField
          label={text.key}
          hint={isMoved ? text.endpointForgets : hasStored ? stored : text.keyHint}
          error={form.formState.errors.apiKey?.message}
          maxLength={512}
          // A password manager must not offer the password of this page.
          autoComplete="off"
          {...form.register('apiKey')}
        />
      )}
      {hasStored && !isMoved && <CheckField label={text.removeKey} {...form.register('removeKey')} />}
    </>
  );
}
