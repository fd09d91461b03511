import type { ChatVendor } from './chat.ts';
import type { BuiltInStrategy, LlmProvider } from './provider.ts';
import { createCallPolicy } from './call-policy.ts';
import { createModelProvider, type ModelClient } from './model-provider.ts';
import { createHouseProvider } from './providers/house/house-provider.ts';
import { STRATEGIES } from './providers/house/strategies/index.ts';

/** Every vendor whose API the arena speaks, by provider type; a new one is a folder and a line here. */
export function createModels(fetch: typeof globalThis.fetch): ReadonlyMap<string, ModelClient> {
  const policy = createCallPolicy();
  const vendors = [
    onceAsked('openai', async () => {
      const { createOpenAiVendor } = await import('./providers/openai/openai-vendor.ts');
      return createOpenAiVendor({ fetch });
    }),
    onceAsked('gemini', async () => {
      const { createGeminiVendor } = await import('./providers/gemini/gemini-vendor.ts');
      return createGeminiVendor({ fetch });
    }),
  ];
  return new Map(vendors.map((vendor) => [vendor.type, createModelProvider(vendor, policy)]));
}

/** Loading an SDK takes longer than the rest of a start: it waits for the first question. */
function onceAsked(type: string, load: () => Promise<ChatVendor>): ChatVendor {
  let vendor: Promise<ChatVendor> | undefined;
  return { type, complete: async (request) => await (await (vendor ??= load())).complete(request) };
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
