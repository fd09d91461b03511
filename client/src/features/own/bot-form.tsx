import type { ReactNode } from 'react';
import { FormProvider, type UseFormReturn } from 'react-hook-form';
import { NameField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { Panel } from '../../ui/panel.tsx';
import { BOT_FIELDS, type BotFormValues } from './bot-form-values.ts';
import { DeciderFields } from './decider-fields.tsx';
import { DraftPreview } from './draft-preview.tsx';
import { MoreFields } from './more-fields.tsx';

const text = ownText.form;

interface BotFormProps {
  readonly form: UseFormReturn<BotFormValues>;
  readonly action: string;
  /** Whether the parts that may stay as they are begin open. */
  readonly isDetailed: boolean;
  readonly turnIntervalMs?: number | null;
  readonly send: (values: BotFormValues) => Promise<unknown>;
  /** Of a bot that is there already: its next turn can be looked at. */
  readonly botId?: string;
  /** Beside the button that saves. */
  readonly children?: ReactNode;
}

/** Everything a bot is made of. What can stay as the arena has it is folded away for whoever makes a first one. */
export function BotForm(props: BotFormProps) {
  const { form, action, isDetailed, turnIntervalMs = null, send, botId, children } = props;
  const { errors, isSubmitting } = form.formState;
  const kind = form.watch('kind');
  const submit = submitTo(form, send, {
    ...BOT_FIELDS,
    providerId: kind === 'strategy' ? 'strategyId' : 'providerId',
  });
  return (
    <FormProvider {...form}>
      <form
        onSubmit={(event) => void submit(event)}
        noValidate
        className="mx-auto flex w-full max-w-4xl flex-col gap-3"
      >
        <DeciderFields />
        {botId !== undefined && <DraftPreview botId={botId} />}
        <Panel className="p-4">
          <NameField
            label={text.name}
            hint={text.nameHint}
            error={errors.name?.message}
            {...form.register('name', isRequired)}
          />
        </Panel>
        <MoreFields isOpen={isDetailed} turnIntervalMs={turnIntervalMs} />
        <FormError error={errors.root?.message} />
        <div className="sticky bottom-14 z-20 -mx-3 flex flex-wrap items-center gap-2 border-t border-line bg-bg px-3 py-3 md:bottom-0 md:mx-0 md:px-0">
          <SubmitButton isBusy={isSubmitting} className="px-5">
            {action}
          </SubmitButton>
          {children}
        </div>
      </form>
    </FormProvider>
  );
}
