import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { keys } from '../../api/queries.ts';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { FormFrame } from '../../ui/form-frame.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { accountText } from '../../ui/messages/account.ts';
import { notify } from '../../ui/notices.ts';
import { useMe, type User } from '../session/use-me.ts';
import { NewPasswordField } from '../auth/auth-fields.tsx';
import { RecoveryCode } from '../auth/recovery-code.tsx';
import { GuardedButton } from './guarded-button.tsx';
import { Part } from './part.tsx';
import { SecondFactor } from './second-factor.tsx';

const text = accountText;

export function SecurityTab({ user }: { user: User }) {
  return (
    <div className="divide-y divide-line">
      <Part title={text.password.title} lead={text.password.lead}>
        <PasswordForm username={user.username} />
      </Part>
      <SecondFactor user={user} />
      <RecoveryPart username={user.username} />
      <EmailPart user={user} />
    </div>
  );
}

function PasswordForm({ username }: { username: string }) {
  const queries = useQueryClient();
  const form = useForm({ defaultValues: { currentPassword: '', password: '' } });
  const { errors } = form.formState;
  const { onSubmit, error, isBusy } = submissionOf(
    form,
    async (body) => {
      await call('changePassword', { body });
      form.reset();
      notify(text.password.done);
      void queries.invalidateQueries({ queryKey: ownKeys.sessions });
    },
    { 'not-signed-in': 'currentPassword' },
  );
  return (
    <FormFrame
      onSubmit={onSubmit}
      error={error}
      footer={
        <SubmitButton variant="outline" isBusy={isBusy} className="self-start">
          {text.password.action}
        </SubmitButton>
      }
    >
      {/* Tells password managers whose password this is. */}
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      <PasswordField
        label={text.password.current}
        error={errors.currentPassword?.message}
        autoComplete="current-password"
        {...form.register('currentPassword', isRequired)}
      />
      <NewPasswordField
        label={text.password.next}
        error={errors.password?.message}
        {...form.register('password', isRequired)}
      />
    </FormFrame>
  );
}

function RecoveryPart({ username }: { username: string }) {
  const [code, setCode] = useState<string | null>(null);
  return (
    <Part title={text.recovery.title} lead={text.recovery.lead}>
      {code !== null ? (
        <RecoveryCode username={username} code={code} onKept={() => setCode(null)} />
      ) : (
        <GuardedButton
          title={text.recovery.title}
          action={text.recovery.action}
          send={async (password) => {
            const { recoveryCode } = await call('renewRecoveryCode', { body: { password } });
            if (recoveryCode === null) notify(text.recovery.gone, 'bad');
            setCode(recoveryCode);
          }}
        />
      )}
    </Part>
  );
}

function EmailPart({ user }: { user: User }) {
  const queries = useQueryClient();
  const hasMail = useMe().data?.hasMail ?? false;
  const form = useForm({ values: { email: user.email ?? '' }, resetOptions: { keepDirtyValues: true } });
  const save = async (password: string) => {
    const email = form.getValues('email').trim();
    await call('updateAccount', { body: { email: email === '' ? null : email, password } });
    form.reset({ email });
    notify(text.email.done);
    await queries.invalidateQueries({ queryKey: keys.me });
  };
  return (
    <Part title={text.email.title} lead={hasMail ? text.email.lead : text.email.leadNoMail}>
      <div className="flex flex-col gap-4">
        <TextField
          label={text.email.label}
          hint={text.email.hint}
          type="email"
          maxLength={254}
          autoComplete="email"
          {...form.register('email')}
        />
        <GuardedButton title={text.email.title} action={text.email.action} send={save} />
      </div>
    </Part>
  );
}
