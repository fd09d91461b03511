import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { RequestError } from '../../api/client.ts';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
import { CodeStep } from './code-step.tsx';
import { useFragment } from './use-fragment.ts';

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
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, async ({ username, recoveryCode, password }) => {
    const body = { username: username.trim(), recoveryCode: recoveryCode.trim(), password };
    onRecovered(await call('resetPassword', { body }));
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label={authText.username}
        error={errors.username?.message}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...form.register('username', isRequired)}
      />
      <TextField
        label={text.code}
        error={errors.recoveryCode?.message}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.register('recoveryCode', isRequired)}
      />
      <NewPassword error={errors.password?.message} field={form.register('password', isRequired)} />
      <p className="text-xs text-muted">{text.warning}</p>
      <FormError error={errors.root?.message} />
      <SubmitButton isBusy={isSubmitting}>{text.action}</SubmitButton>
    </form>
  );
}

function LinkForm({ token, onRecovered }: FormProps & { token: string }) {
  const [needsCode, setNeedsCode] = useState(false);
  const form = useForm({ defaultValues: { password: '', code: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, async ({ password, code }) => {
    const body = { token, password, ...(code === '' ? {} : { code: code.trim() }) };
    try {
      onRecovered(await call('resetPassword', { body }));
    } catch (error) {
      const isCodeMissing = error instanceof RequestError && error.code === 'one-time-code-needed';
      if (!isCodeMissing || needsCode) throw error;
      setNeedsCode(true);
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <NewPassword error={errors.password?.message} field={form.register('password', isRequired)} />
      {needsCode && (
        <TextField
          label={authText.login.code}
          hint={authText.login.codeHint}
          error={errors.code?.message}
          autoComplete="one-time-code"
          inputMode="numeric"
          // It appears because it is asked for.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          {...form.register('code', isRequired)}
        />
      )}
      <FormError error={errors.root?.message} />
      <SubmitButton isBusy={isSubmitting}>{text.action}</SubmitButton>
    </form>
  );
}

function NewPassword({ error, field }: { error: string | undefined; field: object }) {
  return (
    <PasswordField
      label={authText.newPassword}
      hint={authText.register.passwordHint}
      error={error}
      autoComplete="new-password"
      {...field}
    />
  );
}

function MailForm() {
  const [answer, setAnswer] = useState<string | null>(null);
  const form = useForm({ defaultValues: { username: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, async ({ username }) => {
    const { message } = await call('recover', { body: { username: username.trim() } });
    setAnswer(message);
  });
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <div>
        <h2 className="text-base font-semibold">{text.byMail}</h2>
        <p className="text-sm text-muted">{text.byMailLead}</p>
      </div>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <TextField
          label={authText.username}
          error={errors.username?.message}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register('username', isRequired)}
        />
        <FormError error={errors.root?.message} />
        <output className="text-sm text-soft empty:hidden">{answer}</output>
        <SubmitButton variant="outline" isBusy={isSubmitting}>
          {text.mailAction}
        </SubmitButton>
      </form>
    </section>
  );
}
