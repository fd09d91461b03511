import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submitTo } from '../../ui/form.ts';
import { authText } from '../../ui/messages/auth.ts';
import { useMe } from '../session/use-me.ts';
import { AuthCard } from './auth-card.tsx';
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
  const { errors, isSubmitting } = form.formState;
  const submit = submitTo(
    form,
    async ({ username, password, invite: code }) => {
      const body = { username: username.trim(), password, ...(code === '' ? {} : { invite: code.trim() }) };
      onRegistered(await call('register', { body }));
    },
    { 'name-taken': 'username', 'invite-void': 'invite', 'invite-needed': 'invite' },
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      {(needsInvite || invite !== '') && (
        <TextField
          label={text.invite}
          hint={invite === '' ? text.inviteNeeded : text.inviteGiven}
          error={errors.invite?.message}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register('invite', needsInvite ? isRequired : {})}
        />
      )}
      <TextField
        label={authText.username}
        hint={text.usernameHint}
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
        hint={text.passwordHint}
        error={errors.password?.message}
        autoComplete="new-password"
        {...form.register('password', isRequired)}
      />
      <FormError error={errors.root?.message} />
      <SubmitButton isBusy={isSubmitting}>{text.action}</SubmitButton>
    </form>
  );
}
