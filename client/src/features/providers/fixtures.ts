import type { PresetView, ProviderView } from '../../api/contract.ts';

/** Providers and presets for the tests of their pages. */
export function providerOf(part: Partial<ProviderView> = {}): ProviderView {
  return {
    id: 'p',
    name: 'Mine',
    providerType: 'openai',
    apiEndpoint: 'https://models.example/v1',
    modelName: 'm-1',
    apiKey: { isSet: true, last4: 'abcd' },
    preset: 'custom',
    options: {},
    price: null,
    isBuiltIn: false,
    description: null,
    botCount: 0,
    createdAt: 1,
    ...part,
  };
}

export function presetWith(part: Partial<PresetView> = {}): PresetView {
  return {
    id: 'custom',
    name: 'Another endpoint',
    providerType: 'openai',
    baseUrl: null,
    needsKey: false,
    isLocal: false,
    keyUrl: null,
    structure: 'text',
    hasTools: false,
    models: [],
    ...part,
  };
}
