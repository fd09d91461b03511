import { describe, expect, it } from 'vitest';
import { modelSuggestions, presetOfForm, presetOptions, priceHint } from './preset-choice.ts';
import { presetWith, providerOf } from './fixtures.ts';

const price = {
  input: 0.25,
  output: 2,
  cachedInput: 0.025,
  source: 'preset',
  since: Date.UTC(2025, 7, 7),
} as const;
const small = { id: 'm-small', name: 'Small', contextTokens: null, price };
const vague = { id: 'm-vague', name: 'Vague', contextTokens: null, price: null };
const vendor = presetWith({
  id: 'vendor',
  name: 'Vendor',
  baseUrl: 'https://vendor.example/v1',
  models: [small, vague],
});
const local = presetWith({ id: 'local', isLocal: true, baseUrl: 'http://127.0.0.1:11434/v1' });
const custom = presetWith();
const presets = [vendor, local, custom];

describe('presets', () => {
  it('are told apart by where they run', () => {
    expect(presetOptions(presets).map(({ value, group }) => [value, group])).toEqual([
      ['vendor', 'Hosted'],
      ['local', 'Your own machine'],
      ['custom', 'Other'],
    ]);
  });

  it('of a new provider are the chosen one, whatever its address becomes', () => {
    const form = { preset: 'vendor', apiEndpoint: 'https://proxy.example' };
    expect(presetOfForm(presets, form, null)).toBe(vendor);
    expect(presetOfForm(presets, { ...form, preset: '' }, null)).toBeUndefined();
  });

  it('of a stored provider follow its address', () => {
    const stored = providerOf({ preset: 'vendor', apiEndpoint: 'https://vendor.example/v1' });
    const at = (apiEndpoint: string) => presetOfForm(presets, { preset: 'vendor', apiEndpoint }, stored)?.id;
    expect(at('https://vendor.example/v1/')).toBe('vendor');
    expect(at('http://127.0.0.1:11434/v1')).toBe('local');
    expect(at('https://elsewhere.example/v1')).toBe('custom');
  });
});

describe('the model that is typed', () => {
  it('tells its price with the day it was noted', () => {
    expect(priceHint(vendor, ' m-small ')).toBe(
      'Small: $0.25 in · $2.00 out · $0.025 cached for a million tokens. Noted 7 Aug 2025.',
    );
  });

  it('is chosen from what the preset knows', () => {
    expect(modelSuggestions(vendor)).toEqual([
      { value: 'm-small', label: 'Small · $0.25 in · $2.00 out' },
      { value: 'm-vague', label: 'Vague' },
    ]);
    expect(modelSuggestions(undefined)).toEqual([]);
  });

  it('says so when its price is not known, and lets any name pass', () => {
    expect(priceHint(vendor, 'm-vague')).toContain('no price is known');
    expect(priceHint(vendor, 'm-new')).toBe(priceHint(undefined, ''));
  });
});
