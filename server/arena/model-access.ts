import type { AppContext, BotBook } from '../context.ts';
import { findProvider, type ProviderRow } from '../db/queries/providers.ts';
import { NotFoundError, UpstreamError } from '../errors.ts';
import type { ModelClient } from '../llm/model-provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { findModel, presetOf } from '../llm/presets.ts';
import type { ModelAccess, TurnView } from '../llm/provider.ts';
import type { ModelTarget } from '../llm/chat.ts';
import { keyPlace, optionsOf } from './provider-row.ts';
import type { PriceBook } from './model-prices.ts';
import { toolWorldOf } from './tool-world.ts';
import type { CandleContext } from './kept-candles.ts';

/** Enough for a model that thinks before it answers. */
const ANSWER_TOKENS = 8192;

export type AccessContext = CandleContext & Pick<AppContext, 'vault'> & { readonly prices: PriceBook };

/** A bot as far as its model is concerned. */
export interface Thinker {
  readonly userId: string;
  readonly providerId: string;
  readonly settings: {
    readonly analysisSteps?: number | undefined;
    readonly maxAnswerTokens?: number | undefined;
  };
}

/**
 * How a bot reaches its model, as the provider's row says at this moment; null where a built-in strategy decides.
 * @throws NotFoundError when the provider is gone, UnreadableSecretError.
 */
export async function accessOf(
  ctx: AccessContext,
  bot: Thinker,
  about: { view: TurnView; book: BotBook; seed: string },
): Promise<ModelAccess> {
  const key = { id: bot.providerId, userId: bot.userId };
  const row = await findProvider(ctx.db.read, key);
  if (!row) throw new NotFoundError('provider', bot.providerId);
  return {
    circuit: row.id,
    ...reachOf(ctx, row),
    maxAnswerTokens: bot.settings.maxAnswerTokens ?? ANSWER_TOKENS,
    maxSteps: bot.settings.analysisSteps ?? 0,
    tools: toolWorldOf(ctx, about),
  };
}

/**
 * The model of a bot, for what is asked beside its turns.
 * @throws NotFoundError when the provider is gone, UpstreamError where this server has no client of its type.
 */
export async function modelOf(
  ctx: Pick<AccessContext, 'db' | 'vault' | 'clock' | 'prices'> & Pick<AppContext, 'models'>,
  { providerId, providerType, userId }: Pick<ActiveBot, 'providerId' | 'providerType' | 'userId'>,
): Promise<{ client: ModelClient; access: Pick<ModelAccess, 'circuit' | 'target' | 'price'> }> {
  const client = ctx.models.get(providerType);
  if (!client) throw new UpstreamError(providerType, 'this server has no such provider');
  const row = await findProvider(ctx.db.read, { id: providerId, userId });
  if (!row) throw new NotFoundError('provider', providerId);
  return { client, access: { circuit: row.id, ...reachOf(ctx, row) } };
}

/** Where a provider's model is, with its key, and what it costs. */
export function reachOf(
  ctx: Pick<AccessContext, 'vault' | 'clock' | 'prices'>,
  row: ProviderRow,
): Pick<ModelAccess, 'target' | 'price'> {
  const options = optionsOf(row);
  const named = { providerType: row.provider_type, apiEndpoint: row.api_endpoint, modelName: row.model_name };
  const known = ctx.prices.priceOf({ ...named, options }, ctx.clock.wallNow());
  return { target: targetOf(ctx, row), price: known?.price ?? null };
}

function targetOf({ vault }: Pick<AccessContext, 'vault'>, row: ProviderRow): ModelTarget {
  const options = optionsOf(row);
  const preset = presetOf({ providerType: row.provider_type, apiEndpoint: row.api_endpoint });
  const model = findModel(preset, row.model_name);
  const sealed = row.api_key_encrypted;
  return {
    baseUrl: row.api_endpoint ?? preset.baseUrl,
    apiKey: sealed === null ? null : vault.open(keyPlace(row.user_id, row.id), sealed),
    model: row.model_name,
    structure: options.structure ?? model?.structure ?? preset.structure,
    hasTools: options.hasTools ?? model?.hasTools ?? preset.hasTools,
  };
}
