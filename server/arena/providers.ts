import type { AppContext } from '../context.ts';
import { findProvider, holdProvider, keepHouseProvider } from '../db/queries/providers.ts';
import type { Write } from '../db/prepared.ts';
import { NotFoundError } from '../errors.ts';
import { strategyOfId } from './house-providers.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'config' | 'strategies'>;

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

function houseProvider(
  { db, clock, config, strategies }: Deps,
  userId: string,
  strategy: string,
): { providerId: string; writes: Write[] } {
  if (!strategies.some((known) => known.id === strategy))
    throw new NotFoundError('provider', `house:${strategy}`);
  const [id, now] = [`${userId}:house:${strategy}`, clock.wallNow()];
  const row = keepHouseProvider(db.read, {
    id,
    user_id: userId,
    name: `${strategy} strategy`,
    provider_type: 'house',
    api_endpoint: null,
    model_name: strategy,
    api_key_encrypted: null,
    config_json: JSON.stringify({ strategy, params: {}, seed: config.market.seed }),
    created_at: now,
    updated_at: now,
  });
  return { providerId: id, writes: [row] };
}
