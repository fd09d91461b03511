import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { NameField, SelectField } from '../../ui/field.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { accountText } from '../../ui/messages/account.ts';
import { SecretOutput } from '../../ui/secret-output.tsx';

const text = accountText.keys;
const DAY_MS = 86_400_000;
type Created = AnswerOf<'createApiKey'>;

/** Makes a key, and shows it this once. */
export function ApiKeyDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<Created | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return (
    <Dialog
      title={created ? text.shownTitle : text.title}
      lead={created ? text.shown : undefined}
      isOpen={isOpen}
      onOpenChange={(next) => next || close()}
    >
      {isOpen && !created && <KeyForm onCreated={setCreated} onClose={close} />}
      {created && <ShownKey created={created} onKept={close} />}
    </Dialog>
  );
}

function ShownKey({ created, onKept }: { created: Created; onKept: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <SecretOutput label={text.label} secret={created.key} gone={text.gone} />
      <Button variant="solid" className="h-10" onClick={onKept}>
        {text.kept}
      </Button>
    </div>
  );
}

function endOf(days: string): number | null {
  return days === '' ? null : Date.now() + Number(days) * DAY_MS;
}

interface KeyValues {
  readonly name: string;
  readonly scope: 'read' | 'trade';
  /** '' = for ever. */
  readonly days: string;
}

interface KeyFormProps {
  readonly onCreated: (created: Created) => void;
  readonly onClose: () => void;
}

function KeyForm({ onCreated, onClose }: KeyFormProps) {
  const queries = useQueryClient();
  const form = useForm<KeyValues>({ defaultValues: { name: '', scope: 'read', days: '90' } });
  const { errors } = form.formState;
  const submission = submissionOf(form, async ({ name, scope, days }) => {
    const body = { name: name.trim(), scope, expiresAt: endOf(days) };
    onCreated(await call('createApiKey', { body }));
    await queries.invalidateQueries({ queryKey: ownKeys.apiKeys });
  });
  const lives = ['30', '90', '365', ''].map((value) => ({ value, label: text.lives[value] ?? value }));
  return (
    <DialogForm {...submission} action={text.action} onCancel={onClose}>
      <NameField
        label={text.name}
        hint={text.nameHint}
        error={errors.name?.message}
        {...form.register('name', isRequired)}
      />
      <SelectField
        label={text.scope}
        hint={text.scopeHint}
        options={(['read', 'trade'] as const).map((value) => ({ value, label: text.scopes[value] }))}
        {...form.register('scope')}
      />
      <SelectField label={text.expires} options={lives} {...form.register('days')} />
    </DialogForm>
  );
}
