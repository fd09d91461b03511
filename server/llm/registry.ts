import type { BuiltInStrategy, LlmProvider } from './provider.ts';
import { createCallPolicy } from './call-policy.ts';
import { createModelProvider, type ModelClient } from './model-provider.ts';
import { createGeminiVendor } from './providers/gemini/gemini-vendor.ts';
import { createHouseProvider } from './providers/house/house-provider.ts';
import { STRATEGIES } from './providers/house/strategies/index.ts';
import { createOpenAiVendor } from './providers/openai/openai-vendor.ts';

/** Every vendor whose API the arena speaks, by provider type; a new one is a folder and a line here. */
export function createModels(fetch: typeof globalThis.fetch): ReadonlyMap<string, ModelClient> {
  const policy = createCallPolicy();
  const vendors = [createOpenAiVendor({ fetch }), createGeminiVendor({ fetch })];
  return new Map(vendors.map((vendor) => [vendor.type, createModelProvider(vendor, policy)]));
}

/** Every way of deciding, by provider type: the models, and the built-in strategies. */
export function createProviders(
  models: ReadonlyMap<string, ModelClient> = new Map(),
): ReadonlyMap<string, LlmProvider> {
  const house = createHouseProvider();
  return new Map<string, LlmProvider>([...models, [house.type, house]]);
}

/** The built-in strategies, for those who choose one. */
export function listStrategies(): readonly BuiltInStrategy[] {
  return [...STRATEGIES.values()].map(({ name, description }) => ({ id: name, description }));
}
