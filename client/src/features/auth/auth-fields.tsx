import type { ComponentProps } from 'react';
import { ExactField, PasswordField, TextField } from '../../ui/field.tsx';
import { authText } from '../../ui/messages/auth.ts';

type TextProps = ComponentProps<typeof TextField>;

export function UsernameField(props: Omit<TextProps, 'label'>) {
  return <ExactField label={authText.username} autoComplete="username" {...props} />;
}

export function NewPasswordField(props: ComponentProps<typeof PasswordField>) {
  return <PasswordField hint={authText.register.passwordHint} autoComplete="new-password" {...props} />;
}

export function OneTimeCodeField(props: TextProps) {
  return (
    <TextField hint={authText.login.codeHint} autoComplete="one-time-code" inputMode="numeric" {...props} />
  );
}

/** The one-time code of whoever has typed everything else. */
export function AskedCodeField(props: Omit<TextProps, 'label'>) {
  return (
    <OneTimeCodeField
      label={authText.login.code}
      // It appears because it is asked for.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      {...props}
    />
  );
}
