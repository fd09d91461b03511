import { useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { BotFile } from '../../api/contract.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FileField } from '../../ui/file-field.tsx';
import { submissionOf } from '../../ui/form.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { parseBotFile } from './bot-file.ts';
import { COPY_FIELDS, CopyFields } from './copy-fields.tsx';
import { useDeciders } from './provider-choice.ts';
import { useShowBot } from './use-bot-acts.ts';

const text = ownText.import;

export function ImportDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title={text.title} lead={text.lead} isOpen={isOpen} onOpenChange={(next) => next || onClose()}>
      {isOpen && <ImportForm onClose={onClose} />}
    </Dialog>
  );
}

function ImportForm({ onClose }: { onClose: () => void }) {
  const show = useShowBot();
  const deciders = useDeciders();
  const [file, setFile] = useState<BotFile | null>(null);
  const form = useForm({ defaultValues: { file: '', name: '', providerId: '' } });
  const { errors } = form.formState;
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
  const submission = submissionOf(
    form,
    async ({ name, providerId }) => {
      if (!file) return form.setError('file', { message: text.noFile });
      const bot = await call('importBot', { body: { bot: file, name: name.trim(), providerId } });
      onClose();
      return await show(bot, text.done(bot.name));
    },
    { ...COPY_FIELDS, bot: 'file' },
  );
  return (
    <FormProvider {...form}>
      <DialogForm {...submission} action={text.action} onCancel={onClose}>
        <FileField
          label={text.file}
          error={errors.file?.message}
          accept=".json,application/json"
          onChoose={(chosen) => void read(chosen)}
        />
        {file && <CopyFields text={text} deciders={deciders} />}
      </DialogForm>
    </FormProvider>
  );
}
