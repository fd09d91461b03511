import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { AnswerOf } from '../../api/call.ts';
import { FormError } from '../../ui/form-parts.tsx';
import { authText } from '../../ui/messages/auth.ts';
import { AuthCard } from './auth-card.tsx';
import { LeaveGuard, RecoveryCode } from './recovery-code.tsx';
import { useEnter } from './use-enter.ts';

interface CodeStepProps {
  readonly registered: AnswerOf<'register'>;
  readonly to: string;
}

/** After registering or recovering: the new recovery code is kept before anything else. */
export function CodeStep({ registered: { user, recoveryCode }, to }: CodeStepProps) {
  const enter = useEnter(to);
  const [isKept, setIsKept] = useState(false);
  const [problem, setProblem] = useState<string>();
  const goOn = () => {
    // The guard must be gone before the page is left.
    flushSync(() => setIsKept(true));
    enter().catch((error: Error) => setProblem(error.message));
  };
  return (
    <AuthCard title={authText.code.title} lead={authText.code.lead}>
      {!isKept && <LeaveGuard />}
      <RecoveryCode username={user.username} code={recoveryCode} onKept={goOn} />
      <FormError error={problem} />
    </AuthCard>
  );
}
