import { useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { PositionView } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { submitTo } from '../../ui/form.ts';
import { share } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { RadioCard, RadioCards } from '../../ui/radio-cards.tsx';
import { isBetween } from './number-rules.ts';
import { titleOf } from './position-title.ts';

const text = ownText.position;
const PERCENT = { least: 1, most: 100, isWhole: false } as const;

interface CloseDialogProps {
  readonly position: PositionView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function CloseDialog(props: CloseDialogProps) {
  const { position, isOpen, onClose } = props;
  return (
    <Dialog
      title={text.closeTitle(titleOf(position))}
      lead={text.closeLead}
      isOpen={isOpen}
      onOpenChange={(next) => next || onClose()}
    >
      {isOpen && <CloseForm {...props} />}
    </Dialog>
  );
}

interface CloseValues {
  readonly part: 'whole' | 'half' | 'custom';
  readonly percent: string;
}

function fractionOf({ part, percent }: CloseValues): number {
  if (part === 'custom') return Number(percent) / 100;
  return part === 'half' ? 0.5 : 1;
}

function CloseForm({ position: { id: positionId, botId }, onClose }: CloseDialogProps) {
  const queries = useQueryClient();
  const form = useForm<CloseValues>({ defaultValues: { part: 'whole', percent: '25' } });
  const { errors, isSubmitting } = form.formState;
  const [part, percent] = useWatch({ control: form.control, name: ['part', 'percent'] });
  const submit = submitTo(form, async (chosen) => {
    const params = { botId, positionId };
    const { message } = await call('closePosition', { params, body: { fraction: fractionOf(chosen) } });
    notify(message);
    onClose();
    await queries.invalidateQueries({ queryKey: keys.bot(botId) });
  });
  const isValid = part !== 'custom' || isBetween(percent, PERCENT);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <RadioCards label={text.part} className="grid-cols-3">
        {(['whole', 'half', 'custom'] as const).map((value) => (
          <RadioCard key={value} value={value} title={text[value]} {...form.register('part')} />
        ))}
      </RadioCards>
      {part === 'custom' && (
        <TextField
          label={text.percent}
          hint={text.percentRange}
          error={errors.percent?.message}
          inputMode="decimal"
          autoComplete="off"
          {...form.register('percent', {
            validate: (typed) => isBetween(typed, PERCENT) || text.percentRange,
          })}
        />
      )}
      <FormError error={errors.root?.message} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{messages.form.cancel}</Button>
        <SubmitButton isBusy={isSubmitting} className="h-9">
          {part === 'whole' || !isValid
            ? text.closeAction
            : text.closePart(share(fractionOf({ part, percent })))}
        </SubmitButton>
      </div>
    </form>
  );
}
