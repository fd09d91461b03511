import type { BodyOf } from '../../api/call.ts';
import type { ProviderView } from '../../api/contract.ts';

/** A provider as its form holds it; '' = none, or for a stored key: keep it. */
export interface ProviderValues {
  name: string;
  providerType: string;
  apiEndpoint: string;
  modelName: string;
  apiKey: string;
  removeKey: boolean;
}

export function valuesOfProvider(provider: ProviderView | null): ProviderValues {
  return {
    name: provider?.name ?? '',
    providerType: provider?.providerType ?? 'openai',
    apiEndpoint: provider?.apiEndpoint ?? '',
    modelName: provider?.modelName ?? '',
    apiKey: '',
    removeKey: false,
  };
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export function createBodyOf(values: ProviderValues): BodyOf<'createProvider'> {
  return {
    name: values.name.trim(),
    providerType: values.providerType === 'gemini' ? 'gemini' : 'openai',
    apiEndpoint: orNull(values.apiEndpoint),
    modelName: values.modelName.trim(),
    apiKey: orNull(values.apiKey),
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
  };
}
