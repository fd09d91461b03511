import { FormProvider, useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { BotDetail } from '../../api/contract.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { submissionOf } from '../../ui/form.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { COPY_FIELDS, CopyFields } from './copy-fields.tsx';
import { useDeciders } from './provider-choice.ts';
import { useShowBot } from './use-bot-acts.ts';

const text = ownText.clone;

interface CloneDialogProps {
  readonly bot: BotDetail;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function CloneDialog({ bot, isOpen, onClose }: CloneDialogProps) {
  return (
    <Dialog
      title={text.title(bot.name)}
      lead={bot.own ? text.lead : text.leadOther}
      isOpen={isOpen}
      onOpenChange={(next) => next || onClose()}
    >
      {isOpen && <CloneForm bot={bot} onClose={onClose} />}
    </Dialog>
  );
}

/** What would decide for the copy unless something else is chosen; '' = somebody else's model, which is not copied. */
function firstDecider({ own, provider }: BotDetail): string {
  if (own) return own.providerId;
  return provider.type === 'house' ? `house:${provider.model}` : '';
}

function CloneForm({ bot, onClose }: Omit<CloneDialogProps, 'isOpen'>) {
  const show = useShowBot();
  const deciders = useDeciders();
  const providerId = firstDecider(bot);
  // Set once the choices are there: a select cannot hold what it does not offer.
  const form = useForm({
    values: { name: text.nameOf(bot.name), providerId: deciders.length === 0 ? '' : providerId },
    resetOptions: { keepDirtyValues: true },
  });
  const submission = submissionOf(
    form,
    async (values) => {
      const body = { name: values.name.trim(), providerId: values.providerId };
      const copy = await call('cloneBot', { params: { botId: bot.id }, body });
      onClose();
      await show(copy, text.done(copy.name));
    },
    COPY_FIELDS,
  );
  return (
    <FormProvider {...form}>
      <DialogForm {...submission} action={text.action} onCancel={onClose}>
        <CopyFields text={text} deciders={deciders} />
      </DialogForm>
    </FormProvider>
  );
}
