import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { ExactField } from '../../ui/field.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
import { NewPasswordField, UsernameField } from './auth-fields.tsx';
import { AuthForm } from './auth-form.tsx';
import { CodeStep } from './code-step.tsx';
import { useFragment } from './use-fragment.ts';

const route = getRouteApi('/register');
const text = authText.register;

type Registered = AnswerOf<'register'>;

export function RegisterPage() {
  const { to } = route.useSearch();
  const { data } = useMe();
  const invite = useFragment('invite');
  const [registered, setRegistered] = useState<Registered | null>(null);
  if (registered) return <CodeStep registered={registered} to={to} />;
  const isClosed = data?.registration === 'closed' && invite === '';
  return (
    <AuthCard title={text.title} lead={isClosed ? text.closed : text.lead}>
      {!isClosed && (
        <RegisterForm
          invite={invite}
          needsInvite={data?.registration === 'invite'}
          onRegistered={setRegistered}
        />
      )}
      <p className="border-t border-line pt-4 text-sm text-muted">
        {text.haveAccount}{' '}
        <Link to="/login" search={{ to }} className="text-accent hover:underline">
          {text.logIn}
        </Link>
      </p>
    </AuthCard>
  );
}

interface RegisterFormProps {
  readonly invite: string;
  readonly needsInvite: boolean;
  readonly onRegistered: (registered: Registered) => void;
}

function RegisterForm({ invite, needsInvite, onRegistered }: RegisterFormProps) {
  const form = useForm({ defaultValues: { username: '', password: '', invite } });
  const { errors } = form.formState;
  const submission = submissionOf(
    form,
    async ({ username, password, invite: code }) => {
      const body = { username: username.trim(), password, ...(code === '' ? {} : { invite: code.trim() }) };
      onRegistered(await call('register', { body }));
    },
    { 'name-taken': 'username', 'invite-void': 'invite', 'invite-needed': 'invite' },
  );
  return (
    <AuthForm {...submission} action={text.action}>
      {(needsInvite || invite !== '') && (
        <ExactField
          label={text.invite}
          hint={invite === '' ? text.inviteNeeded : text.inviteGiven}
          error={errors.invite?.message}
          {...form.register('invite', needsInvite ? isRequired : {})}
        />
      )}
      <UsernameField
        hint={text.usernameHint}
        error={errors.username?.message}
        // The only thing to do here.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        {...form.register('username', isRequired)}
      />
      <NewPasswordField
        label={authText.password}
        error={errors.password?.message}
        {...form.register('password', isRequired)}
      />
    </AuthForm>
  );
}
