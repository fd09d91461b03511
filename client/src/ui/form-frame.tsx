import type { ReactNode } from 'react';
import { FormError } from './form-parts.tsx';

interface FormFrameProps {
  readonly onSubmit: (event: { preventDefault(): void }) => void;
  /** What is wrong with the whole form. */
  readonly error: string | undefined;
  /** What can be done with it. */
  readonly footer: ReactNode;
  /** The fields. */
  readonly children: ReactNode;
}

/** Fields one below the other, what is wrong with them together, and what can be done with them. */
export function FormFrame({ onSubmit, error, footer, children }: FormFrameProps) {
  return (
    <form
      onSubmit={(event) => {
        // A dialog in a form's page: its submit must not submit the form around it.
        event.stopPropagation();
        onSubmit(event);
      }}
      noValidate
      className="flex flex-col gap-4"
    >
      {children}
      <FormError error={error} />
      {footer}
    </form>
  );
}
