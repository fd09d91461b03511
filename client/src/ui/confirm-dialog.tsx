import type { ReactNode } from 'react';
import { useForm } from 'react-hook-form';
import { DialogForm } from './dialog-form.tsx';
import { Dialog } from './dialog.tsx';
import { ExactField, PasswordField } from './field.tsx';
import { isRequired, submissionOf } from './form.ts';
import { messages } from './messages.ts';

interface Confirmed {
  /** The name as it was typed. */
  readonly confirm: string;
  readonly password: string;
}

interface ConfirmDialogProps {
  readonly title: string;
  readonly lead: ReactNode;
  /** What the button that does it says. */
  readonly action: string;
  /** A name to type before it can be done. */
  readonly name?: string;
  readonly needsPassword?: boolean;
  /** Most of what is asked once more destroys something. */
  readonly tone?: 'danger' | 'solid';
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (confirmed: Confirmed) => Promise<unknown>;
}

/** Asks once more before something that cannot be undone. It stays open, with the reason, when it fails. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, lead, isOpen, onClose } = props;
  return (
    <Dialog title={title} lead={lead} isOpen={isOpen} onOpenChange={(next) => next || onClose()}>
      {isOpen && <ConfirmForm {...props} />}
    </Dialog>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const { action, name, needsPassword, tone = 'danger', onClose, onConfirm } = props;
  const form = useForm<Confirmed>({ defaultValues: { confirm: '', password: '' } });
  const { errors } = form.formState;
  const submission = submissionOf(
    form,
    async (values) => {
      await onConfirm(values);
      onClose();
    },
    needsPassword ? { 'not-signed-in': 'password' } : {},
  );
  return (
    <DialogForm {...submission} action={action} tone={tone} onCancel={onClose}>
      {name !== undefined && (
        <ExactField
          label={messages.form.typeName(name)}
          error={errors.confirm?.message}
          {...form.register('confirm', {
            validate: (typed) => typed === name || messages.form.nameDiffers,
          })}
        />
      )}
      {needsPassword && (
        <PasswordField
          label={messages.form.password}
          error={errors.password?.message}
          autoComplete="current-password"
          {...form.register('password', isRequired)}
        />
      )}
    </DialogForm>
  );
}
