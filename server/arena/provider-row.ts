import type { ProviderOptions } from '../contract/http/providers.ts';
import type { ProviderRow } from '../db/queries/providers.ts';

/** Where the key of a provider is sealed for. */
export function keyPlace(userId: string, rowId: string) {
  return { table: 'llm_providers', rowId, userId, column: 'api_key_encrypted' } as const;
}

/** What the owner has said of the endpoint. */
export function optionsOf({ config_json }: Pick<ProviderRow, 'config_json'>): ProviderOptions {
  const { options = {} } = JSON.parse(config_json) as { options?: ProviderOptions };
  return options;
}

/** A provider's `config_json` with other options in it. */
export function withOptions(configJson: string, options: ProviderOptions): string {
  return JSON.stringify({ ...(JSON.parse(configJson) as object), options });
}
