import type { AppContext } from '../context.ts';
import type { ProviderView } from '../contract/http/providers.ts';
import {
  findDecider,
  findProvider,
  holdProvider,
  keepHouseProvider,
  listProviders,
  listProviderUses,
  type DeciderRow,
  type ProviderRow,
} from '../db/queries/providers.ts';
import type { Write } from '../db/prepared.ts';
import type { BuiltInStrategy } from '../llm/provider.ts';
import { presetOf } from '../llm/presets.ts';
import { NotFoundError } from '../errors.ts';
import { houseProviderId, providerIdOf, strategyOfId } from './house-providers.ts';
import { priceView } from './model-prices.ts';
import { keyPlace, optionsOf } from './provider-row.ts';
import { hintOf } from './secret-hint.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'config' | 'strategies'>;
type ViewDeps = Pick<AppContext, 'clock' | 'vault' | 'prices'>;
type ReadDeps = ViewDeps & Pick<AppContext, 'db' | 'strategies'>;

/**
 * What a user's bot is to be decided by: a provider of their own, or a built-in strategy such as `house:momentum`.
 * @returns the id of the provider's row, and what to write in the same commit as the bot: a strategy's row when it is
 * the user's first bot of it; for one's own provider, the proof that it is not deleted meanwhile.
 * @throws NotFoundError; somebody else's provider is not found.
 */
export async function providerForBot(
  ctx: Deps,
  userId: string,
  providerId: string,
): Promise<{ providerId: string; writes: Write[] }> {
  const strategy = strategyOfId(providerId);
  if (strategy !== null) return houseProvider(ctx, userId, strategy);
  const key = { id: providerId, userId };
  if (!(await findProvider(ctx.db.read, key))) throw new NotFoundError('provider', providerId);
  return { providerId, writes: [holdProvider(ctx.db.read, key)] };
}

function houseProvider(ctx: Deps, userId: string, strategy: string): { providerId: string; writes: Write[] } {
  const row = strategyRow(ctx, userId, strategy);
  return { providerId: row.id, writes: [keepHouseProvider(ctx.db.read, row)] };
}

function strategyRow({ clock, config, strategies }: Omit<Deps, 'db'>, userId: string, strategy: string) {
  if (!strategies.some((known) => known.id === strategy))
    throw new NotFoundError('provider', `house:${strategy}`);
  const now = clock.wallNow();
  return {
    id: `${userId}:house:${strategy}`,
    user_id: userId,
    name: `${strategy} strategy`,
    provider_type: 'house',
    api_endpoint: null,
    model_name: strategy,
    api_key_encrypted: null,
    config_json: JSON.stringify({ strategy, params: {}, seed: config.market.seed }),
    created_at: now,
    updated_at: now,
  };
}

/**
 * What would decide for a user's bot with this provider; no row is made of a strategy that is new to the user.
 * @throws NotFoundError; somebody else's provider is not found.
 */
export async function deciderOf(ctx: Deps, userId: string, providerId: string): Promise<DeciderRow> {
  const strategy = strategyOfId(providerId);
  if (strategy === null) {
    const row = await findProvider(ctx.db.read, { id: providerId, userId });
    if (!row) throw new NotFoundError('provider', providerId);
    return row;
  }
  const made = strategyRow(ctx, userId, strategy);
  return (await findDecider(ctx.db.read, { id: made.id, userId })) ?? made;
}

/** A user's own providers, oldest first, then the built-in strategies. */
export async function readProviders(ctx: ReadDeps, userId: string): Promise<ProviderView[]> {
  const counts = await countUses(ctx, userId);
  const rows = await listProviders(ctx.db.read, userId);
  return [
    ...rows.map((row) => ownView(ctx, row, counts.get(row.id) ?? 0)),
    ...ctx.strategies.map((strategy) => builtInView(strategy, counts)),
  ];
}

/** @throws NotFoundError; somebody else's provider is not found. */
export async function readProvider(
  ctx: ReadDeps,
  key: { id: string; userId: string },
): Promise<ProviderView> {
  const counts = await countUses(ctx, key.userId);
  const strategy = ctx.strategies.find((known) => houseProviderId(known.id) === key.id);
  if (strategy) return builtInView(strategy, counts);
  const row = await findProvider(ctx.db.read, key);
  if (!row) throw new NotFoundError('provider', key.id);
  return ownView(ctx, row, counts.get(row.id) ?? 0);
}

/** How many of a user's bots each provider decides for, by the id the API tells. */
async function countUses({ db }: Pick<AppContext, 'db'>, userId: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const bot of await listProviderUses(db.read, userId)) {
    const id = providerIdOf(bot);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function ownView({ vault, clock, prices }: ViewDeps, row: ProviderRow, botCount: number): ProviderView {
  const { provider_type: providerType, api_endpoint: apiEndpoint, model_name: modelName } = row;
  const options = optionsOf(row);
  const known = prices.priceOf({ providerType, apiEndpoint, modelName, options }, clock.wallNow());
  return {
    id: row.id,
    name: row.name,
    providerType,
    apiEndpoint,
    modelName,
    apiKey: hintOf(vault, keyPlace(row.user_id, row.id), row.api_key_encrypted),
    preset: presetOf({ providerType, apiEndpoint }).id,
    options,
    price: known && priceView(known),
    isBuiltIn: false,
    description: null,
    botCount,
    createdAt: row.created_at,
  };
}

function builtInView(
  { id: strategy, description }: BuiltInStrategy,
  counts: ReadonlyMap<string, number>,
): ProviderView {
  const id = houseProviderId(strategy);
  return {
    id,
    name: strategy,
    providerType: 'house',
    apiEndpoint: null,
    modelName: strategy,
    apiKey: { isSet: false, last4: null },
    preset: null,
    options: {},
    price: null,
    isBuiltIn: true,
    description,
    botCount: counts.get(id) ?? 0,
    createdAt: null,
  };
}
