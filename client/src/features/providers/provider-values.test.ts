import { describe, expect, it } from 'vitest';
import type { ProviderView } from '../../api/contract.ts';
import {
  createProviderBodySchema,
  updateProviderBodySchema,
} from '../../../../server/contract/http/providers.ts';
import { createBodyOf, updateBodyOf, valuesOfProvider } from './provider-values.ts';

const stored: ProviderView = {
  id: 'p',
  name: 'Mine',
  providerType: 'openai',
  apiEndpoint: 'https://models.example/v1',
  modelName: 'm-1',
  apiKey: { isSet: true, last4: 'abcd' },
  isBuiltIn: false,
  description: null,
  botCount: 0,
  createdAt: 1,
};

describe('the values of a provider’s form', () => {
  it('say nothing of what was left empty', () => {
    const body = createBodyOf({ ...valuesOfProvider(null), name: ' A ', modelName: 'm' });
    expect(createProviderBodySchema.parse(body)).toMatchObject({
      name: 'A',
      apiEndpoint: null,
      apiKey: null,
      providerType: 'openai',
    });
  });

  it('keep the stored key and address unless they are changed', () => {
    const values = valuesOfProvider(stored);
    expect(updateProviderBodySchema.parse(updateBodyOf(values, stored))).toEqual({
      name: 'Mine',
      modelName: 'm-1',
    });
    expect(updateBodyOf({ ...values, apiEndpoint: '' }, stored)).toMatchObject({ apiEndpoint: null });
    expect(updateBodyOf({ ...values, apiKey: 'k' }, stored)).toMatchObject({ apiKey: 'k' });
    expect(updateBodyOf({ ...values, apiKey: 'k', removeKey: true }, stored)).toMatchObject({ apiKey: null });
  });
});
