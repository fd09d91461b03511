import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { ExactField } from '../../ui/field.tsx';
import { FormFrame } from '../../ui/form-frame.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
import { AskedCodeField, NewPasswordField, UsernameField } from './auth-fields.tsx';
import { AuthForm } from './auth-form.tsx';
import { CodeStep } from './code-step.tsx';
import { useFragment } from './use-fragment.ts';
import { codePart, useOneTimeCode } from './use-one-time-code.ts';

const text = authText.recover;

type Recovered = AnswerOf<'resetPassword'>;
interface FormProps {
  readonly onRecovered: (recovered: Recovered) => void;
}

export function RecoverPage() {
  const { data } = useMe();
  const token = useFragment('token');
  const [recovered, setRecovered] = useState<Recovered | null>(null);
  if (recovered) return <CodeStep registered={recovered} to="" />;
  return (
    <AuthCard title={text.title} lead={token === '' ? text.lead : text.leadLink}>
      {token === '' ? (
        <CodeForm onRecovered={setRecovered} />
      ) : (
        <LinkForm token={token} onRecovered={setRecovered} />
      )}
      {token === '' && data?.hasMail === true && <MailForm />}
      <Link
        to="/login"
        search={{ to: '' }}
        className="border-t border-line pt-4 text-sm text-accent hover:underline"
      >
        {text.back}
      </Link>
    </AuthCard>
  );
}

function CodeForm({ onRecovered }: FormProps) {
  const form = useForm({ defaultValues: { username: '', recoveryCode: '', password: '' } });
  const { errors } = form.formState;
  const submission = submissionOf(form, async ({ username, recoveryCode, password }) => {
    const body = { username: username.trim(), recoveryCode: recoveryCode.trim(), password };
    onRecovered(await call('resetPassword', { body }));
  });
  return (
    <AuthForm {...submission} action={text.action}>
      <UsernameField error={errors.username?.message} {...form.register('username', isRequired)} />
      <ExactField
        label={text.code}
        error={errors.recoveryCode?.message}
        {...form.register('recoveryCode', isRequired)}
      />
      <NewPasswordField
        label={authText.newPassword}
        error={errors.password?.message}
        {...form.register('password', isRequired)}
      />
      <p className="text-xs text-muted">{text.warning}</p>
    </AuthForm>
  );
}

function LinkForm({ token, onRecovered }: FormProps & { token: string }) {
  const { isAsked, attempt } = useOneTimeCode();
  const form = useForm({ defaultValues: { password: '', code: '' } });
  const { errors } = form.formState;
  const submission = submissionOf(form, async ({ password, code }) => {
    const body = { token, password, ...codePart(code) };
    await attempt(async () => onRecovered(await call('resetPassword', { body })));
  });
  return (
    <AuthForm {...submission} action={text.action}>
      <NewPasswordField
        label={authText.newPassword}
        error={errors.password?.message}
        {...form.register('password', isRequired)}
      />
      {isAsked && <AskedCodeField error={errors.code?.message} {...form.register('code', isRequired)} />}
    </AuthForm>
  );
}

function MailForm() {
  const [answer, setAnswer] = useState<string | null>(null);
  const form = useForm({ defaultValues: { username: '' } });
  const { errors } = form.formState;
  const { onSubmit, error, isBusy } = submissionOf(form, async ({ username }) => {
    const { message } = await call('recover', { body: { username: username.trim() } });
    setAnswer(message);
  });
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <div>
        <h2 className="text-base font-semibold">{text.byMail}</h2>
        <p className="text-sm text-muted">{text.byMailLead}</p>
      </div>
      <FormFrame
        onSubmit={onSubmit}
        error={error}
        footer={
          <>
            <output className="text-sm text-soft empty:hidden">{answer}</output>
            <SubmitButton variant="outline" isBusy={isBusy}>
              {text.mailAction}
            </SubmitButton>
          </>
        }
      >
        <UsernameField error={errors.username?.message} {...form.register('username', isRequired)} />
      </FormFrame>
    </section>
  );
}
