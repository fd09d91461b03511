import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { accountText } from '../../ui/messages/account.ts';

interface GuardedButtonProps {
  /** What it is about. */
  readonly title: string;
  readonly action: string;
  readonly send: (password: string) => Promise<unknown>;
}

/** Does what opens the account to whoever can do it only after the password was typed once more. */
export function GuardedButton({ title, action, send }: GuardedButtonProps) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <Button className="h-10 self-start" onClick={() => setIsAsked(true)}>
        {action}
      </Button>
      <ConfirmDialog
        title={title}
        lead={accountText.confirmPasswordHint}
        action={action}
        tone="solid"
        needsPassword
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        onConfirm={({ password }) => send(password)}
      />
    </>
  );
}
