import type { AnswerOf, BodyOf } from '../../api/call.ts';
import { priceOf, type PriceValues } from '../../ui/price-values.ts';

export type ArenaPrice = AnswerOf<'listModelPrices'>['items'][number];

/** A price of a model as its form holds it. */
export interface ArenaPriceValues extends PriceValues {
  preset: string;
  model: string;
  /** As `datetime-local` has it; '' = from now on. */
  validFrom: string;
}

export function priceBodyOf(values: ArenaPriceValues): BodyOf<'setModelPrice'> {
  const price = priceOf(values);
  if (price === null) throw new Error('a price is set without its parts');
  const { preset, model, validFrom } = values;
  return { preset, model: model.trim(), price, validFrom: validFrom === '' ? null : Date.parse(validFrom) };
}

/** Whether a price holds now, begins to hold later, or has a newer one in its place. */
export function stateOfPrice(
  price: ArenaPrice,
  all: readonly ArenaPrice[],
  now: number,
): 'holds' | 'later' | 'past' {
  if (price.validFrom > now) return 'later';
  const hasNewer = all.some(
    ({ preset, model, validFrom }) =>
      preset === price.preset && model === price.model && validFrom > price.validFrom && validFrom <= now,
  );
  return hasNewer ? 'past' : 'holds';
}
