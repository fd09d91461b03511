import type { Candle } from '../../engine/model.ts';

/** A turning point: a candle whose high (or low) is the extreme of itself and its neighbours. */
export interface Swing {
  readonly kind: 'high' | 'low';
  readonly price: number;
  readonly at: number;
}

/**
 * Turning points, oldest first: above (below) the `reach` candles before, and not below (above) the `reach` after, so that
 * of equal neighbours the first counts. The first and last `reach` candles are none.
 */
export function findSwings(candles: readonly Candle[], reach: number): Swing[] {
  return candles.flatMap((candle, index) => {
    if (index < reach || index >= candles.length - reach) return [];
    const before = candles.slice(index - reach, index);
    const after = candles.slice(index + 1, index + 1 + reach);
    const { high, low, openedAt: at } = candle;
    const swings: Swing[] = [];
    if (before.every((other) => other.high < high) && after.every((other) => other.high <= high)) {
      swings.push({ kind: 'high', price: high, at });
    }
    if (before.every((other) => other.low > low) && after.every((other) => other.low >= low)) {
      swings.push({ kind: 'low', price: low, at });
    }
    return swings;
  });
}

/** Turning points that lie close together. */
export interface Level {
  /** Mean of its points. */
  readonly price: number;
  readonly touches: number;
  readonly lastTouchAt: number;
}

/** Groups points from the lowest up: a point within `tolerance` (in price) of a group's mean joins it. Lowest first. */
export function clusterSwings(swings: readonly Swing[], tolerance: number): Level[] {
  const levels: Level[] = [];
  for (const { price, at } of swings.toSorted((a, b) => a.price - b.price)) {
    const level = levels.at(-1);
    if (level && price - level.price <= tolerance) levels.splice(-1, 1, join(level, { price, at }));
    else levels.push({ price, touches: 1, lastTouchAt: at });
  }
  return levels;
}

function join({ price, touches, lastTouchAt }: Level, point: { price: number; at: number }): Level {
  return {
    price: (price * touches + point.price) / (touches + 1),
    touches: touches + 1,
    lastTouchAt: Math.max(lastTouchAt, point.at),
  };
}
