import type { BodyOf } from '../../api/call.ts';
import type { PresetView, ProviderOptions, ProviderView } from '../../api/contract.ts';
import { priceOf, type PriceValues } from '../../ui/price-values.ts';

/** A provider as its form holds it; '' = none, or as the preset says; for a stored key: keep it. */
export interface ProviderValues extends PriceValues {
  /** Of a new one, the id of its preset. */
  preset: string;
  name: string;
  apiEndpoint: string;
  modelName: string;
  apiKey: string;
  removeKey: boolean;
  structure: '' | NonNullable<ProviderOptions['structure']>;
  tools: '' | 'yes' | 'no';
}

export function valuesOfProvider(provider: ProviderView | null): ProviderValues {
  const { structure, hasTools, price } = provider?.options ?? {};
  return {
    preset: provider?.preset ?? '',
    name: provider?.name ?? '',
    apiEndpoint: provider?.apiEndpoint ?? '',
    modelName: provider?.modelName ?? '',
    apiKey: '',
    removeKey: false,
    structure: structure ?? '',
    tools: hasTools === undefined ? '' : hasTools ? 'yes' : 'no',
    priceInput: textOf(price?.input),
    priceOutput: textOf(price?.output),
    priceCached: textOf(price?.cachedInput),
  };
}

const textOf = (value: number | null | undefined): string => ((value ?? null) === null ? '' : String(value));

/** What a form holds once another preset is chosen: nothing of the vendor before it stays, least of all its key. */
export function valuesOfPreset(preset: PresetView, name: string): ProviderValues {
  return {
    ...valuesOfProvider(null),
    preset: preset.id,
    name,
    apiEndpoint: preset.baseUrl ?? '',
  };
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export function createBodyOf(
  values: ProviderValues,
  providerType: PresetView['providerType'],
): BodyOf<'createProvider'> {
  return {
    name: values.name.trim(),
    providerType,
    apiEndpoint: orNull(values.apiEndpoint),
    modelName: values.modelName.trim(),
    apiKey: orNull(values.apiKey),
    options: optionsOf(values),
  };
}

/** Only what differs: an address that is sent again would not be the same as one that is left alone. */
export function updateBodyOf(values: ProviderValues, stored: ProviderView): BodyOf<'updateProvider'> {
  const endpoint = orNull(values.apiEndpoint);
  const key = orNull(values.apiKey);
  return {
    name: values.name.trim(),
    modelName: values.modelName.trim(),
    ...(endpoint === stored.apiEndpoint ? {} : { apiEndpoint: endpoint }),
    ...(values.removeKey ? { apiKey: null } : key === null ? {} : { apiKey: key }),
    ...(hasSameOptions(values, valuesOfProvider(stored)) ? {} : { options: optionsOf(values) }),
  };
}

const OPTION_FIELDS = ['structure', 'tools', 'priceInput', 'priceOutput', 'priceCached'] as const;

/** Whether anything is said that the preset does not. */
export const hasOptions = (values: ProviderValues): boolean =>
  OPTION_FIELDS.some((field) => values[field].trim() !== '');

const hasSameOptions = (left: ProviderValues, right: ProviderValues): boolean =>
  OPTION_FIELDS.every((field) => left[field].trim() === right[field].trim());

export function optionsOf(values: ProviderValues): ProviderOptions {
  const { structure, tools } = values;
  const price = priceOf(values);
  return {
    ...(structure === '' ? {} : { structure }),
    ...(tools === '' ? {} : { hasTools: tools === 'yes' }),
    ...(price === null ? {} : { price }),
  };
}
