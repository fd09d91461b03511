import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { BotFile } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, SelectField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { parseBotFile } from './bot-file.ts';
import { useDeciders } from './provider-choice.ts';
import { useTakeBot } from './use-bot-acts.ts';

const text = ownText.import;

export function ImportDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title={text.title} lead={text.lead} isOpen={isOpen} onOpenChange={(next) => next || onClose()}>
      {isOpen && <ImportForm onClose={onClose} />}
    </Dialog>
  );
}

function ImportForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const take = useTakeBot();
  const deciders = useDeciders();
  const [file, setFile] = useState<BotFile | null>(null);
  const form = useForm({ defaultValues: { file: '', name: '', providerId: '' } });
  const { errors, isSubmitting } = form.formState;
  const read = async (chosen: File | undefined) => {
    const parsed = chosen ? parseBotFile(await chosen.text()) : null;
    setFile(parsed);
    if (parsed) {
      form.reset({
        file: parsed.name,
        name: parsed.name,
        providerId: parsed.strategy === null ? '' : `house:${parsed.strategy}`,
      });
    } else {
      form.setError('file', { message: text.wrongFile });
    }
  };
  const submit = submitTo(
    form,
    async ({ name, providerId }) => {
      if (!file) return form.setError('file', { message: text.noFile });
      const bot = await call('importBot', { body: { bot: file, name: name.trim(), providerId } });
      take(bot);
      notify(text.done(bot.name));
      onClose();
      return await navigate({ to: '/bots/$botId', params: { botId: bot.id } });
    },
    { 'name-taken': 'name', 'not-found': 'providerId', bot: 'file' },
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <Field label={text.file} error={errors.file?.message}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".json,application/json"
            className="text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-solid file:border-line-strong file:bg-raised file:px-3 file:text-text"
            onChange={(event) => void read(event.target.files?.[0])}
          />
        )}
      </Field>
      {file && (
        <>
          <TextField
            label={text.name}
            error={errors.name?.message}
            maxLength={64}
            autoComplete="off"
            {...form.register('name', isRequired)}
          />
          <SelectField
            label={text.provider}
            error={errors.providerId?.message}
            options={[{ value: '', label: messages.form.choose }, ...deciders]}
            {...form.register('providerId', isRequired)}
          />
        </>
      )}
      <FormError error={errors.root?.message} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{messages.form.cancel}</Button>
        <SubmitButton isBusy={isSubmitting} className="h-9">
          {text.action}
        </SubmitButton>
      </div>
    </form>
  );
}
