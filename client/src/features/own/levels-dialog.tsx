import { useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { PositionView } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { useTick, useTickSizes } from '../../live/context.tsx';
import { priceKey } from '../../live/ticks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { submitTo } from '../../ui/form.ts';
import { price } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { bodyOfLevels, isLevel, type LevelValues } from './levels.ts';
import { titleOf } from './position-title.ts';

const text = ownText.position;

interface LevelsDialogProps {
  readonly position: PositionView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function LevelsDialog(props: LevelsDialogProps) {
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

function LevelsForm({ position, onClose }: LevelsDialogProps) {
  const { id: positionId, botId, symbol, side, stopLoss, takeProfit } = position;
  const queries = useQueryClient();
  const tickSize = useTickSizes()(symbol);
  const now = useTick(priceKey(symbol), position.markPrice);
  const form = useForm<LevelValues>({
    defaultValues: { stopLoss: String(stopLoss ?? ''), takeProfit: String(takeProfit ?? '') },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(
    form,
    async (values) => {
      const body = bodyOfLevels(values, position);
      if (!body) return onClose();
      const { message } = await call('adjustPosition', { params: { botId, positionId }, body });
      notify(message);
      onClose();
      return await queries.invalidateQueries({ queryKey: keys.bot(botId) });
    },
    { 'wrong-side-stop': 'stopLoss', 'wrong-side-target': 'takeProfit' },
  );
  const rules = { validate: (typed: string) => isLevel(typed) || text.notAPrice };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
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
