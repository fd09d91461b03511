import type { PresetView, ProviderView } from '../../api/contract.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { perMillion, priceInWords } from '../../ui/model-price.ts';
import { exactDay } from '../../ui/time.ts';

const text = providersText;
export const CUSTOM = 'custom';

/** Presets for a select: vendors, what runs on one's own machine, and whatever else there is. */
export function presetOptions(presets: readonly PresetView[]) {
  return presets.map((preset) => ({
    value: preset.id,
    label: preset.name,
    group: text.groups[groupOf(preset)],
  }));
}

function groupOf({ id, isLocal }: PresetView): 'hosted' | 'local' | 'other' {
  if (id === CUSTOM) return 'other';
  return isLocal ? 'local' : 'hosted';
}

/**
 * The preset that a form is about: the chosen one; of a stored provider whose address is being changed, the one at the
 * new address.
 */
export function presetOfForm(
  presets: readonly PresetView[],
  { preset, apiEndpoint }: { readonly preset: string; readonly apiEndpoint: string },
  stored: ProviderView | null,
): PresetView | undefined {
  const typed = apiEndpoint.trim().replace(/\/+$/, '');
  const isMoved = stored !== null && typed !== (stored.apiEndpoint ?? '').replace(/\/+$/, '');
  const byId = (id: string) => presets.find((known) => known.id === id);
  if (!isMoved) return byId(preset);
  return presets.find(({ baseUrl }) => baseUrl === typed) ?? byId(CUSTOM);
}

/** What a model that is typed costs, as far as the preset knows; what to do where it does not. */
export function priceHint(preset: PresetView | undefined, modelName: string): string {
  const model = preset?.models.find(({ id }) => id === modelName.trim());
  if (!model) return text.modelHint;
  const { price } = model;
  if (!price) return `${model.name}: ${text.price.unknown}`;
  const cached = price.cachedInput === null ? '' : text.price.cached(perMillion(price.cachedInput));
  const since = price.since === null ? '' : ` ${text.price.since(exactDay(price.since))}`;
  return `${model.name}: ${priceInWords(price)}${cached} ${text.price.perMillion}${since}`;
}

/** Models to choose from, each with its price. */
export function modelSuggestions(preset: PresetView | undefined): { value: string; label: string }[] {
  return (preset?.models ?? []).map(({ id, name, price }) => ({
    value: id,
    label: price === null ? name : `${name} · ${priceInWords(price)}`,
  }));
}
