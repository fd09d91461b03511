import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { RequestError } from '../../api/client.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
import { useEnter } from './use-enter.ts';

const route = getRouteApi('/login');
const text = authText.login;

interface Login {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

export function LoginPage() {
  const { to } = route.useSearch();
  const { data } = useMe();
  if (data?.user) return <AlreadyIn name={data.user.username} to={to} />;
  return (
    <AuthCard title={text.title}>
      <LoginForm to={to} />
      <div className="flex flex-wrap justify-between gap-x-6 gap-y-2 border-t border-line pt-4 text-sm">
        <Link to="/recover" className="text-accent hover:underline">
          {text.forgot}
        </Link>
        {data?.registration !== 'closed' && (
          <span className="text-muted">
            {text.noAccount}{' '}
            <Link to="/register" search={{ to }} className="text-accent hover:underline">
              {text.register}
            </Link>
          </span>
        )}
      </div>
    </AuthCard>
  );
}

function AlreadyIn({ name, to }: { name: string; to: string }) {
  return (
    <AuthCard title={text.title} lead={text.already(name)}>
      <Link to={to === '' ? '/me' : to} className={buttonStyle({ variant: 'solid' })}>
        {text.goOn}
      </Link>
    </AuthCard>
  );
}

function LoginForm({ to }: { to: string }) {
  const enter = useEnter(to);
  const [needsCode, setNeedsCode] = useState(false);
  const form = useForm<Login>({ defaultValues: { username: '', password: '', code: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(form, async ({ username, password, code }) => {
    try {
      await call('logIn', { body: { username, password, ...(code === '' ? {} : { code: code.trim() }) } });
    } catch (error) {
      const isCodeMissing = error instanceof RequestError && error.code === 'one-time-code-needed';
      if (!isCodeMissing || needsCode) throw error;
      return setNeedsCode(true);
    }
    return await enter();
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label={authText.username}
        error={errors.username?.message}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        // The only thing to do here.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        {...form.register('username', isRequired)}
      />
      <PasswordField
        label={authText.password}
        error={errors.password?.message}
        autoComplete="current-password"
        {...form.register('password', isRequired)}
      />
      {needsCode && (
        <TextField
          label={text.code}
          hint={text.codeHint}
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
