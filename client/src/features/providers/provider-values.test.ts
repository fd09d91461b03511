import { describe, expect, it } from 'vitest';
import {
  createProviderBodySchema,
  updateProviderBodySchema,
} from '../../../../server/contract/http/providers.ts';
import { providerOf, presetWith } from './fixtures.ts';
import { createBodyOf, updateBodyOf, valuesOfPreset, valuesOfProvider } from './provider-values.ts';

const stored = providerOf();

describe('the values of a provider’s form', () => {
  it('say nothing of what was left empty', () => {
    const body = createBodyOf({ ...valuesOfProvider(null), name: ' A ', modelName: 'm' }, 'gemini');
    expect(createProviderBodySchema.parse(body)).toEqual({
      name: 'A',
      modelName: 'm',
      apiEndpoint: null,
      apiKey: null,
      providerType: 'gemini',
      options: {},
    });
  });

  it('keep the stored key, address and options unless they are changed', () => {
    const values = valuesOfProvider(stored);
    expect(updateProviderBodySchema.parse(updateBodyOf(values, stored))).toEqual({
      name: 'Mine',
      modelName: 'm-1',
    });
    expect(updateBodyOf({ ...values, apiEndpoint: '' }, stored)).toMatchObject({ apiEndpoint: null });
    expect(updateBodyOf({ ...values, apiKey: 'k' }, stored)).toMatchObject({ apiKey: 'k' });
    expect(updateBodyOf({ ...values, apiKey: 'k', removeKey: true }, stored)).toMatchObject({ apiKey: null });
  });

  it('take over what is known of a preset, and nothing of the vendor before it', () => {
    const values = valuesOfPreset(presetWith({ id: 'x', baseUrl: 'https://x.example/v1' }), 'X');
    expect(values).toMatchObject({ preset: 'x', name: 'X', apiEndpoint: 'https://x.example/v1' });
    expect(values).toMatchObject({ apiKey: '', modelName: '', structure: '', priceInput: '' });
  });
});

describe('what a provider can do and costs', () => {
  const price = { input: 1, output: 2, cachedInput: null };
  const special = providerOf({ options: { structure: 'json', hasTools: false, price } });

  it('comes back from the form as it was', () => {
    const { options } = createBodyOf(valuesOfProvider(special), 'openai');
    expect(options).toEqual(special.options);
    expect(updateBodyOf(valuesOfProvider(special), special)).not.toHaveProperty('options');
  });

  it('is sent whole when a part of it changes', () => {
    const values = { ...valuesOfProvider(special), structure: '' as const, priceCached: '0.5' };
    const { options } = updateProviderBodySchema.parse(updateBodyOf(values, special));
    expect(options).toEqual({ hasTools: false, price: { ...price, cachedInput: 0.5 } });
  });

  it('can be taken back', () => {
    const values = { ...valuesOfProvider(special), structure: '', tools: '' } as const;
    const none = { ...values, priceInput: '', priceOutput: '' };
    expect(updateBodyOf(none, special)).toMatchObject({ options: {} });
  });
});
