import { useForm, useWatch } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { submissionOf } from '../../ui/form.ts';
import { share } from '../../ui/format.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { RadioCard, RadioCards } from '../../ui/radio-cards.tsx';
import { isBetween } from './number-rules.ts';
import { usePositionDone, type PositionDialogProps } from './position-dialog.ts';
import { titleOf } from './position-title.ts';

const text = ownText.position;
const PERCENT = { least: 1, most: 100, isWhole: false } as const;

export function CloseDialog(props: PositionDialogProps) {
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

function CloseForm(props: PositionDialogProps) {
  const { position, onClose } = props;
  const done = usePositionDone(props);
  const form = useForm<CloseValues>({ defaultValues: { part: 'whole', percent: '25' } });
  const { errors } = form.formState;
  const [part, percent] = useWatch({ control: form.control, name: ['part', 'percent'] });
  const submission = submissionOf(form, async (chosen) => {
    const params = { botId: position.botId, positionId: position.id };
    await done(await call('closePosition', { params, body: { fraction: fractionOf(chosen) } }));
  });
  const isValid = part !== 'custom' || isBetween(percent, PERCENT);
  const action =
    part === 'whole' || !isValid ? text.closeAction : text.closePart(share(fractionOf({ part, percent })));
  return (
    <DialogForm {...submission} action={action} onCancel={onClose}>
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
    </DialogForm>
  );
}
