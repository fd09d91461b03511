import type { AppContext } from '../context.ts';
import type { PresetView } from '../contract/http/providers.ts';
import { PRESETS, type Preset, type PresetModel } from '../llm/presets.ts';
import { priceView } from './model-prices.ts';

type Deps = Pick<AppContext, 'clock' | 'config' | 'prices'>;

/** Endpoints that are known, with their models and today's prices; those on one's own network where they are allowed. */
export function readPresets(ctx: Deps): PresetView[] {
  const { allowPrivate } = ctx.config.outbound;
  return PRESETS.filter(({ isLocal }) => allowPrivate || !isLocal).map((preset) => presetView(ctx, preset));
}

function presetView(ctx: Deps, preset: Preset): PresetView {
  const { id, name, providerType, baseUrl, needsKey, isLocal, keyUrl, structure, hasTools } = preset;
  const models = preset.models.map((model) => modelView(ctx, preset, model));
  return { id, name, providerType, baseUrl, needsKey, isLocal, keyUrl, structure, hasTools, models };
}

function modelView(
  { clock, prices }: Deps,
  preset: Preset,
  { id, name, contextTokens }: PresetModel,
): PresetView['models'][number] {
  const known = prices.priceIn(preset, id, clock.wallNow());
  return { id, name, contextTokens, price: known && priceView(known) };
}
