import type { ModelClient } from '../../llm/model-provider.ts';
import type { BuiltInStrategy, LlmProvider } from '../../llm/provider.ts';
import { hangingProvider } from './busy-traders.ts';

export function createModels(): ReadonlyMap<string, ModelClient> {
  return new Map();
}

/** Stands in for `llm/registry.ts`: every house strategy thinks for ever. */
export function createProviders(): ReadonlyMap<string, LlmProvider> {
  return new Map([['house', { ...hangingProvider, type: 'house' }]]);
}

export function listStrategies(): readonly BuiltInStrategy[] {
  return [];
}
