import type { BuiltInStrategy, LlmProvider } from './provider.ts';
import { createHouseProvider } from './providers/house/house-provider.ts';
import { STRATEGIES } from './providers/house/strategies/index.ts';

/** Every way of deciding, by provider type; a new one is a folder and a line here. */
export function createProviders(): ReadonlyMap<string, LlmProvider> {
  const providers = [createHouseProvider()];
  return new Map(providers.map((provider) => [provider.type, provider]));
}

/** The built-in strategies, for those who choose one. */
export function listStrategies(): readonly BuiltInStrategy[] {
  return [...STRATEGIES.values()].map(({ name, description }) => ({ id: name, description }));
}
