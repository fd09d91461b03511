import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { FormFrame } from './form-frame.tsx';
import { SubmitButton } from './form-parts.tsx';
import type { Submission } from './form.ts';
import { messages } from './messages.ts';

interface DialogFormProps extends Submission {
  /** What the button that submits says. */
  readonly action: ReactNode;
  readonly tone?: 'danger' | 'solid';
  /** There is nothing to submit yet. */
  readonly isDisabled?: boolean;
  /** Without it there is no button to cancel. */
  readonly onCancel?: () => void;
  /** What else can be done, before the button that submits. */
  readonly actions?: ReactNode;
  /** The fields. */
  readonly children?: ReactNode;
}

/** The form of a dialog: its fields, what is wrong with the whole, and the buttons that cancel and submit. */
export function DialogForm(props: DialogFormProps) {
  const { onSubmit, error, isBusy, action, tone = 'solid', isDisabled, onCancel, actions, children } = props;
  return (
    <FormFrame
      onSubmit={onSubmit}
      error={error}
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          {onCancel && <Button onClick={onCancel}>{messages.form.cancel}</Button>}
          {actions}
          <SubmitButton variant={tone} isBusy={isBusy} disabled={isDisabled} className="h-9">
            {action}
          </SubmitButton>
        </div>
      }
    >
      {children}
    </FormFrame>
  );
}
