import { useFormContext } from 'react-hook-form';
import type { PresetView, ProviderView } from '../../api/contract.ts';
import { CheckField, ExactField, NameField, PasswordField, SelectField } from '../../ui/field.tsx';
import { isRequired } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { CUSTOM, modelSuggestions, presetOptions, priceHint } from './preset-choice.ts';
import { valuesOfPreset, type ProviderValues } from './provider-values.ts';

const text = providersText;

interface PresetProps {
  /** undefined = none is chosen yet. */
  readonly preset: PresetView | undefined;
}
interface StoredProps extends PresetProps {
  /** null = a new one. */
  readonly provider: ProviderView | null;
}

/** Where the model is: fills in what is known of it. */
export function PresetField({ presets }: { presets: readonly PresetView[] }) {
  const { register, reset, getValues } = useFormContext<ProviderValues>();
  const choose = (id: string) => {
    const preset = presets.find((known) => known.id === id);
    if (!preset) return;
    const name = getValues('name').trim();
    const isOwnName = name !== '' && !presets.some((known) => known.name === name);
    const suggested = preset.id === CUSTOM ? '' : preset.name;
    reset(valuesOfPreset(preset, isOwnName ? name : suggested), { keepDefaultValues: true });
  };
  const none = { value: '', label: messages.form.choose };
  return (
    <SelectField
      label={text.preset}
      hint={text.presetHint}
      options={[none, ...presetOptions(presets)]}
      {...register('preset', isRequired)}
      onChange={(event) => choose(event.target.value)}
    />
  );
}

/** Any name may be typed; those that are known are suggested with their price. */
export function ModelField({ preset }: PresetProps) {
  const { register, watch, formState } = useFormContext<ProviderValues>();
  return (
    <SuggestField
      label={text.model}
      hint={priceHint(preset, watch('modelName'))}
      error={formState.errors.modelName?.message}
      maxLength={128}
      suggestions={modelSuggestions(preset)}
      placeholder={preset?.models[0]?.id}
      {...register('modelName', isRequired)}
    />
  );
}

export function NameOfProvider() {
  const { register, formState } = useFormContext<ProviderValues>();
  return (
    <NameField
      label={text.name}
      hint={text.nameHint}
      error={formState.errors.name?.message}
      {...register('name', isRequired)}
    />
  );
}

export function AddressField({ provider, preset }: StoredProps) {
  const { register, formState } = useFormContext<ProviderValues>();
  // A vendor's own address is known without saying it.
  const isNeeded = provider ? provider.preset === CUSTOM : preset?.baseUrl === null;
  return (
    <ExactField
      label={text.endpoint}
      hint={preset?.isLocal ? text.localHint : isNeeded ? text.endpointHint : text.endpointEmpty}
      error={formState.errors.apiEndpoint?.message}
      inputMode="url"
      placeholder={preset?.baseUrl ?? text.endpointPlaceholder}
      {...register('apiEndpoint', isNeeded ? isRequired : {})}
    />
  );
}

export function KeyFields({ provider, preset }: StoredProps) {
  const { register, watch, formState } = useFormContext<ProviderValues>();
  const hasStored = provider?.apiKey.isSet === true;
  const isMoved = hasStored && watch('apiEndpoint').trim() !== (provider.apiEndpoint ?? '');
  const last4 = provider?.apiKey.last4 ?? null;
  const stored = text.keyStored(last4 === null ? '' : text.keyEnds(last4));
  const isRemoved = watch('removeKey') && hasStored && !isMoved;
  const isNeeded = !provider && preset?.needsKey === true;
  const hint = isMoved ? text.endpointForgets : hasStored ? stored : undefined;
  return (
    <>
      {!isRemoved && (
        <PasswordField
          label={text.key}
          hint={hint ?? (preset?.needsKey ? <KeySource preset={preset} /> : text.keyOptional)}
          error={formState.errors.apiKey?.message}
          maxLength={512}
          // A password manager must not offer the password of this page.
          autoComplete="off"
          {...register('apiKey', isNeeded ? isRequired : {})}
        />
      )}
      {hasStored && !isMoved && <CheckField label={text.removeKey} {...register('removeKey')} />}
    </>
  );
}

/** Where keys are made. */
function KeySource({ preset: { name, keyUrl } }: { preset: PresetView }) {
  return (
    <>
      {keyUrl !== null && (
        <>
          <a href={keyUrl} target="_blank" rel="noreferrer" className="text-accent hover:underline">
            {text.keyWhere(name)}
            <span className="sr-only"> {text.newTab}</span>
          </a>
          {' · '}
        </>
      )}
      {text.keyHint}
    </>
  );
}
