import type { ReactNode } from 'react';
import { FormFrame } from '../../ui/form-frame.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import type { Submission } from '../../ui/form.ts';

interface AuthFormProps extends Submission {
  readonly action: string;
  /** The fields. */
  readonly children: ReactNode;
}

/** The form of a card: one button, as wide as it. */
export function AuthForm({ onSubmit, error, isBusy, action, children }: AuthFormProps) {
  return (
    <FormFrame
      onSubmit={onSubmit}
      error={error}
      footer={<SubmitButton isBusy={isBusy}>{action}</SubmitButton>}
    >
      {children}
    </FormFrame>
  );
}
