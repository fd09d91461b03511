import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { BotDetail } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { useDeciders } from './provider-choice.ts';
import { useTakeBot } from './use-bot-acts.ts';

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
  const navigate = useNavigate();
  const take = useTakeBot();
  const deciders = useDeciders();
  const providerId = firstDecider(bot);
  // Set once the choices are there: a select cannot hold what it does not offer.
  const form = useForm({
    values: { name: text.nameOf(bot.name), providerId: deciders.length === 0 ? '' : providerId },
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(
    form,
    async (values) => {
      const body = { name: values.name.trim(), providerId: values.providerId };
      const copy = await call('cloneBot', { params: { botId: bot.id }, body });
      take(copy);
      notify(text.done(copy.name));
      onClose();
      await navigate({ to: '/bots/$botId', params: { botId: copy.id } });
    },
    { 'name-taken': 'name', 'not-found': 'providerId' },
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
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
