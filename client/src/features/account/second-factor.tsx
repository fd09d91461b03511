import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { call, type AnswerOf } from '../../api/call.ts';
import { keys } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FormFrame } from '../../ui/form-frame.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { accountText } from '../../ui/messages/account.ts';
import { notify } from '../../ui/notices.ts';
import { QrCode } from '../../ui/qr-code.tsx';
import { OneTimeCodeField } from '../auth/auth-fields.tsx';
import type { User } from '../session/use-me.ts';
import { GuardedButton } from './guarded-button.tsx';
import { Part } from './part.tsx';

const text = accountText.factor;
type Prepared = AnswerOf<'prepareSecondFactor'>;

/** One-time codes: off, being set up, or on. */
export function SecondFactor({ user }: { user: User }) {
  const queries = useQueryClient();
  const [prepared, setPrepared] = useState<Prepared | null>(null);
  const isOn = user.hasSecondFactor;
  const done = (said: string) => {
    notify(said);
    setPrepared(null);
    return queries.invalidateQueries({ queryKey: keys.me });
  };
  const title = (
    <>
      {text.title} <Badge tone={isOn ? 'accent' : 'outline'}>{isOn ? text.on : text.off}</Badge>
    </>
  );
  return (
    <Part title={title} lead={isOn ? text.leadOn : text.leadOff}>
      {isOn ? (
        <GuardedButton
          title={text.title}
          action={text.remove}
          send={async (password) => {
            await call('removeSecondFactor', { body: { password } });
            await done(text.removed);
          }}
        />
      ) : prepared ? (
        <CodeStep prepared={prepared} onCancel={() => setPrepared(null)} onDone={() => done(text.done)} />
      ) : (
        <GuardedButton
          title={text.title}
          action={text.prepare}
          send={async (password) => setPrepared(await call('prepareSecondFactor', { body: { password } }))}
        />
      )}
    </Part>
  );
}

interface CodeStepProps {
  readonly prepared: Prepared;
  readonly onCancel: () => void;
  readonly onDone: () => Promise<unknown>;
}

function CodeStep({ prepared: { secret, uri }, onCancel, onDone }: CodeStepProps) {
  const form = useForm({ defaultValues: { code: '' } });
  const { errors } = form.formState;
  const { onSubmit, error, isBusy } = submissionOf(
    form,
    async ({ code }) => {
      await call('confirmSecondFactor', { body: { code: code.trim() } });
      await onDone();
    },
    { 'invalid-input': 'code' },
  );
  return (
    <FormFrame
      onSubmit={onSubmit}
      error={error}
      footer={
        <div className="flex flex-wrap gap-2">
          <SubmitButton isBusy={isBusy} className="h-9">
            {text.confirm}
          </SubmitButton>
          <Button onClick={onCancel}>{messages.form.cancel}</Button>
        </div>
      }
    >
      <p className="text-sm">{text.scan}</p>
      <QrCode text={uri} label={text.qr} className="size-48 rounded-md" />
      <Secret label={text.secret} value={secret} />
      <Secret label={text.uri} value={uri} />
      <OneTimeCodeField
        label={text.code}
        error={errors.code?.message}
        {...form.register('code', isRequired)}
      />
    </FormFrame>
  );
}

function Secret({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <p className="text-sm font-medium">{label}</p>
      <div className="mt-1 flex items-center gap-1 rounded-md border border-line bg-bg pl-3">
        <code className="min-w-0 flex-1 py-2 font-mono text-xs break-all select-all">{value}</code>
        <CopyButton text={value} />
      </div>
    </div>
  );
}
