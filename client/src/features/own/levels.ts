import type { BodyOf } from '../../api/call.ts';
import type { PositionView } from '../../api/contract.ts';

/** Prices as they are typed; '' = none. */
export interface LevelValues {
  readonly stopLoss: string;
  readonly takeProfit: string;
}

/** `67,201.5` is how the page writes prices: it can be typed back. */
const priceOf = (typed: string): number | null => {
  const text = typed.replaceAll(',', '').trim();
  return text === '' ? null : Number(text);
};

export function isLevel(typed: string): boolean {
  const price = priceOf(typed);
  return price === null || (Number.isFinite(price) && price > 0);
}

/** What changes; null when nothing does. */
export function bodyOfLevels(
  values: LevelValues,
  position: Pick<PositionView, 'stopLoss' | 'takeProfit'>,
): BodyOf<'adjustPosition'> | null {
  const [stopLoss, takeProfit] = [priceOf(values.stopLoss), priceOf(values.takeProfit)];
  const body = {
    ...(stopLoss === position.stopLoss ? {} : { stopLoss }),
    ...(takeProfit === position.takeProfit ? {} : { takeProfit }),
  };
  return Object.keys(body).length === 0 ? null : body;
}
