import { messages } from './messages.ts';
import { providersText } from './messages/providers.ts';
import type { ModelPrice } from './model-price.ts';

/** A price as it is typed, USD for a million tokens; '' = none. */
export interface PriceValues {
  priceInput: string;
  priceOutput: string;
  priceCached: string;
}
export type PriceField = keyof PriceValues;

const text = providersText;
const MOST_USD = 100_000;

function isPrice(typed: string): boolean {
  const usd = Number(typed);
  return usd >= 0 && usd <= MOST_USD;
}

/** What is wrong with one part of a price; what is read and what is written belong together. */
export function priceProblem(values: PriceValues, field: PriceField, isNeeded: boolean): string | null {
  const isEmpty = (name: PriceField) => values[name].trim() === '';
  if (!isEmpty(field)) return isPrice(values[field]) ? null : text.priceWrong;
  if (field === 'priceCached') return null;
  const others = (['priceInput', 'priceOutput', 'priceCached'] as const).filter((name) => name !== field);
  if (others.some((name) => !isEmpty(name))) return text.priceBoth;
  return isNeeded ? messages.form.required : null;
}

/** null without what is read and what is written. */
export function priceOf({ priceInput, priceOutput, priceCached }: PriceValues): ModelPrice | null {
  if (priceInput.trim() === '' || priceOutput.trim() === '') return null;
  const cachedInput = priceCached.trim() === '' ? null : Number(priceCached);
  return { input: Number(priceInput), output: Number(priceOutput), cachedInput };
}
