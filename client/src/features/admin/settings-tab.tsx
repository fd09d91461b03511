import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { settingsQuery } from '../../api/admin-queries.ts';
import { call } from '../../api/call.ts';
import type { SettingView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { submitTo } from '../../ui/form.ts';
import { duration } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { adminText } from '../../ui/messages/admin.ts';
import { notify } from '../../ui/notices.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { settingLabel, settingName, settingProblem, settingText } from './setting-rules.ts';

const text = adminText.settings;
const CATEGORIES = ['trading', 'timing', 'quotas'] as const;

export function SettingsTab() {
  const { data, error, refetch } = useQuery(settingsQuery);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={8} />;
  return (
    <div className="p-4">
      <p className="text-sm text-muted">{text.lead}</p>
      {CATEGORIES.map((category) => (
        <section key={category} className="mt-6">
          <h2 className="text-base font-semibold">{text.categories[category]}</h2>
          <ul className="mt-2 grid gap-x-10 lg:grid-cols-2">
            {data
              .filter((setting) => setting.category === category)
              .map((setting) => (
                <SettingRow key={setting.key} setting={setting} />
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function SettingRow({ setting }: { setting: SettingView }) {
  const queries = useQueryClient();
  const { key, value, defaultValue, least, most, unit, description } = setting;
  const form = useForm({ values: { value: String(value) }, resetOptions: { keepDirtyValues: true } });
  const { errors, isSubmitting, isDirty } = form.formState;
  const typedNow = Number(useWatch({ control: form.control, name: 'value' }));
  const inWords = unit === 'ms' && typedNow >= 1_000 ? ` ${text.now(duration(typedNow))}` : '';
  const submit = submitTo(
    form,
    async ({ value: typed }) => {
      const saved = await call('updateSetting', { params: { key }, body: { value: Number(typed) } });
      form.reset({ value: String(saved.value) });
      notify(text.saved(settingName(key)));
      await queries.invalidateQueries({ queryKey: ownKeys.settings });
    },
    { 'invalid-input': 'value' },
  );
  return (
    <li className="border-b border-line py-3">
      <form onSubmit={(event) => void submit(event)} noValidate className="flex items-start gap-2">
        <TextField
          label={settingLabel(key, unit)}
          hint={`${description}. ${text.range(settingText(least), settingText(most))}; ${text.standard(settingText(defaultValue))}.${inWords}`}
          error={errors.value?.message ?? errors.root?.message}
          inputMode="decimal"
          autoComplete="off"
          className="flex-1"
          {...form.register('value', { validate: (typed) => settingProblem(setting, typed) ?? true })}
        />
        <div className="mt-6 flex gap-2 empty:hidden sm:w-28 sm:empty:block">
          {isDirty && (
            <SubmitButton isBusy={isSubmitting} className="h-10">
              {messages.form.save}
            </SubmitButton>
          )}
          {!isDirty && value !== defaultValue && (
            <Button
              variant="ghost"
              className="h-10"
              onClick={() => form.setValue('value', String(defaultValue), { shouldDirty: true })}
            >
              {text.toStandard}
            </Button>
          )}
        </div>
      </form>
    </li>
  );
}
