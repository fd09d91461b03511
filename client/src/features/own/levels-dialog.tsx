import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { useTick, useTickSizes } from '../../live/context.tsx';
import { priceKey } from '../../live/ticks.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { submissionOf } from '../../ui/form.ts';
import { price } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { bodyOfLevels, isLevel, type LevelValues } from './levels.ts';
import { usePositionDone, type PositionDialogProps } from './position-dialog.ts';
import { titleOf } from './position-title.ts';

const text = ownText.position;

export function LevelsDialog(props: PositionDialogProps) {
  const { position, isOpen, onClose } = props;
  return (
    <Dialog
      title={text.levelsTitle(titleOf(position))}
      lead={text.levelsLead}
      isOpen={isOpen}
      onOpenChange={(next) => next || onClose()}
    >
      {isOpen && <LevelsForm {...props} />}
    </Dialog>
  );
}

function LevelsForm(props: PositionDialogProps) {
  const { position, onClose } = props;
  const { id: positionId, botId, symbol, side, stopLoss, takeProfit } = position;
  const done = usePositionDone(props);
  const tickSize = useTickSizes()(symbol);
  const now = useTick(priceKey(symbol), position.markPrice);
  const form = useForm<LevelValues>({
    defaultValues: { stopLoss: String(stopLoss ?? ''), takeProfit: String(takeProfit ?? '') },
  });
  const { errors } = form.formState;
  const submission = submissionOf(
    form,
    async (values) => {
      const body = bodyOfLevels(values, position);
      if (!body) return onClose();
      return await done(await call('adjustPosition', { params: { botId, positionId }, body }));
    },
    { 'wrong-side-stop': 'stopLoss', 'wrong-side-target': 'takeProfit' },
  );
  const rules = { validate: (typed: string) => isLevel(typed) || text.notAPrice };
  return (
    <DialogForm {...submission} action={messages.form.save} onCancel={onClose}>
      <p className="nums text-sm font-medium">{text.now(price(now, tickSize))}</p>
      <TextField
        label={text.stop}
        hint={text.stopHint[side]}
        error={errors.stopLoss?.message}
        inputMode="decimal"
        autoComplete="off"
        {...form.register('stopLoss', rules)}
      />
      <TextField
        label={text.target}
        hint={text.targetHint[side]}
        error={errors.takeProfit?.message}
        inputMode="decimal"
        autoComplete="off"
        {...form.register('takeProfit', rules)}
      />
    </DialogForm>
  );
}
