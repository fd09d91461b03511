const PREFIX = 'house:';

/** The id under which everyone finds a built-in strategy; in the rows each user has one of their own. */
export function houseProviderId(strategy: string): string {
  return `${PREFIX}${strategy}`;
}

/** The strategy such an id names; null for any other id. */
export function strategyOfId(providerId: string): string | null {
  return providerId.startsWith(PREFIX) ? providerId.slice(PREFIX.length) : null;
}

/** A provider's id as the API tells it. */
export function providerIdOf(row: {
  provider_id: string;
  provider_type: string;
  model_name: string;
}): string {
  return row.provider_type === 'house' ? houseProviderId(row.model_name) : row.provider_id;
}
