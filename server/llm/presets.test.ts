import { describe, expect, it } from 'vitest';
import { checkEndpoint } from './outbound/endpoint-rules.ts';
import { findModel, findPrice, presetOf, PRESETS, type Preset } from './presets.ts';

const byId = (id: string): Preset => {
  const preset = PRESETS.find((preset) => preset.id === id);
  if (!preset) throw new Error(`there is no preset ${id}`);
  return preset;
};

describe('a preset', () => {
  it('has an id, and models of ids, that no other has', () => {
    for (const list of [PRESETS, ...PRESETS.map(({ models }) => models)]) {
      const ids = list.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it.each(PRESETS.filter(({ baseUrl }) => baseUrl !== null).map((preset) => [preset.id, preset] as const))(
    '%s has an address that can be saved, and is found by it',
    (_, preset) => {
      const { baseUrl, isLocal, providerType } = preset;
      expect(checkEndpoint(String(baseUrl), { allowPrivate: isLocal })).toMatchObject({ ok: true });
      expect(presetOf({ providerType, apiEndpoint: baseUrl })).toBe(preset);
    },
  );

  it.each(
    PRESETS.flatMap((preset) => preset.models.map((model) => [`${preset.id} ${model.id}`, model] as const)),
  )('%s has a price that can be right, on a day that was', (_, { price, asOf }) => {
    expect(asOf).toMatch(/^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
    if (price === null) return;
    expect(price.input).toBeLessThanOrEqual(price.output);
    expect(price.cachedInput ?? 0).toBeLessThanOrEqual(price.input);
    expect(price.output).toBeLessThan(200);
  });
});

describe('the preset of a row', () => {
  it.each([
    ['openai', 'https://API.openai.com/v1/', 'openai'],
    ['openai', 'https://api.deepseek.com', 'deepseek'],
    ['openai', 'http://localhost:11434/v1', 'ollama'],
    ['openai', 'http://[::1]:8080/v1', 'llama-cpp'],
    ['openai', 'http://127.0.0.1:1234/v1', 'custom'],
    ['openai', 'https://api.openai.com.evil.example/v1', 'custom'],
    ['openai', 'no address', 'custom'],
    ['openai', null, 'openai'],
    ['gemini', null, 'gemini'],
    ['house', null, 'custom'],
    // Gemini has an endpoint for those who speak OpenAI's API, of which nothing is listed.
    ['openai', 'https://generativelanguage.googleapis.com/v1beta/openai', 'custom'],
  ])('of type %s at %s is %s', (providerType, apiEndpoint, id) => {
    expect(presetOf({ providerType, apiEndpoint }).id).toBe(id);
  });

  it('keeps its type where the host is not known', () => {
    const { id, providerType } = presetOf({ providerType: 'gemini', apiEndpoint: 'https://proxy.example' });
    expect([id, providerType]).toEqual(['custom', 'gemini']);
  });
});

describe('the model of a name', () => {
  it.each([
    ['openai', 'gpt-5-mini', 'gpt-5-mini'],
    ['openai', 'gpt-5-mini-2025-08-07', 'gpt-5-mini'],
    ['openai', 'gpt-4o-2024-08-06', 'gpt-4o'],
    ['openai', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['openai', 'gpt-5-pro', undefined],
    ['openai', 'gpt-5-pro-2025-10-06', undefined],
    ['openai', 'gpt-4o-audio-preview-2024-12-17', undefined],
    ['xai', 'grok-4-0709', 'grok-4'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['gemini', 'gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash'],
    ['gemini', 'gemini-2.5-flash-lite-001', 'gemini-2.5-flash-lite'],
    ['gemini', 'gemini-2.5-flash-image', undefined],
    ['openrouter', 'openai/gpt-5-mini:free', undefined],
    ['custom', 'anything', undefined],
  ])('%s: %s is %s', (preset, name, id) => {
    expect(findModel(byId(preset), name)?.id).toBe(id);
  });

  it('tells its price, and nothing where there is none', () => {
    expect(findPrice(byId('deepseek'), 'deepseek-chat')).toEqual({
      input: 0.28,
      output: 0.42,
      cachedInput: 0.028,
    });
    expect(findPrice(byId('openai'), 'gpt-9')).toBeNull();
    expect(findPrice(byId('openrouter'), 'meta-llama/llama-3.3-70b-instruct')).toBeNull();
  });
});
