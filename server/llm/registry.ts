import type { LlmProvider } from './provider.ts';
import { createHouseProvider } from './providers/house/house-provider.ts';

/** Every way of deciding, by provider type; a new one is a folder and a line here. */
export function createProviders(): ReadonlyMap<string, LlmProvider> {
  const providers = [createHouseProvider()];
  return new Map(providers.map((provider) => [provider.type, provider]));
}
