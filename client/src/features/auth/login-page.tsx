import { getRouteApi, Link } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
import { AskedCodeField, UsernameField } from './auth-fields.tsx';
import { AuthForm } from './auth-form.tsx';
import { useEnter } from './use-enter.ts';
import { codePart, useOneTimeCode } from './use-one-time-code.ts';

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
  const { isAsked, attempt } = useOneTimeCode();
  const form = useForm<Login>({ defaultValues: { username: '', password: '', code: '' } });
  const { errors } = form.formState;
  const submission = submissionOf(form, async ({ username, password, code }) => {
    const body = { username, password, ...codePart(code) };
    if (await attempt(() => call('logIn', { body }))) await enter();
  });
  return (
    <AuthForm {...submission} action={text.action}>
      <UsernameField
        error={errors.username?.message}
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
      {isAsked && <AskedCodeField error={errors.code?.message} {...form.register('code', isRequired)} />}
    </AuthForm>
  );
}
