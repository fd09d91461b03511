import type { ProviderOptions, ProviderView } from '../contract/http/providers.ts';
import type { Db } from '../db/database.ts';
import { listModelPrices, type ModelPriceRow } from '../db/queries/model-prices.ts';
import { findModel, presetOf, type Preset } from '../llm/presets.ts';
import type { ModelPrice } from '../llm/provider.ts';

export interface KnownPrice {
  readonly price: ModelPrice;
  /** `own`: the owner said so. `arena`: an administrator did. `preset`: the list that comes with the arena. */
  readonly source: 'own' | 'arena' | 'preset';
  /** Wall clock, epoch ms; null = it holds until it is changed. */
  readonly since: number | null;
}

/** A provider as far as its price is concerned. */
export interface PricedProvider {
  readonly providerType: string;
  /** null = the vendor's own. */
  readonly apiEndpoint: string | null;
  readonly modelName: string;
  readonly options: ProviderOptions;
}

/** What models cost: as their owner says, else as an administrator has set, else as the preset lists it. */
export interface PriceBook {
  /** null = not known. @param now wall clock, epoch ms. */
  priceOf(provider: PricedProvider, now: number): KnownPrice | null;
  /** The same for a model of a preset, which has no owner. */
  priceIn(preset: Preset, model: string, now: number): KnownPrice | null;
  /** Takes the prices from their rows again. */
  reload(): Promise<void>;
}

/** Keeps the prices that were set here in memory: every call of a model is priced. */
export async function createPriceBook({ db }: { readonly db: Db }): Promise<PriceBook> {
  let rows = await readRows(db);
  const priceIn: PriceBook['priceIn'] = (preset, name, now) => {
    const model = findModel(preset, name);
    const names = [...new Set([name, model?.id ?? name])];
    for (const known of names) {
      const row = rows.get(keyOf(preset.id, known))?.find(({ valid_from }) => valid_from <= now);
      if (row) return { price: priceOfRow(row), source: 'arena', since: row.valid_from };
    }
    if (!model?.price) return null;
    return { price: model.price, source: 'preset', since: Date.parse(model.asOf) };
  };
  return {
    priceIn,
    priceOf({ options, modelName, ...endpoint }, now) {
      if (options.price) return { price: options.price, source: 'own', since: null };
      return priceIn(presetOf(endpoint), modelName, now);
    },
    async reload() {
      rows = await readRows(db);
    },
  };
}

/** By preset and model, the newest first. */
async function readRows(db: Db): Promise<ReadonlyMap<string, readonly ModelPriceRow[]>> {
  return Map.groupBy(await listModelPrices(db.read), ({ preset, model }) => keyOf(preset, model));
}

const keyOf = (preset: string, model: string) => JSON.stringify([preset, model]);

/** As the API tells it. */
export function priceView({ price, source, since }: KnownPrice): NonNullable<ProviderView['price']> {
  return { ...price, source, since };
}

export function priceOfRow(row: ModelPriceRow): ModelPrice {
  return { input: row.input_usd, output: row.output_usd, cachedInput: row.cached_input_usd };
}
