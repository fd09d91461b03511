import type { Candle } from '../../engine/model.ts';
import { signOf, type Plan } from './position-plan.ts';

/** A candle as factors of the close before it. */
export interface Move {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface SimulatedPosition extends Plan {
  readonly marginUsd: number;
  readonly liquidation: number | null;
  readonly feeBps: number;
}

export type Ending = 'stop' | 'target' | 'liquidation' | 'open';

export interface SimulatedOutcome {
  readonly ending: Ending;
  /** Fees of both fills included. */
  readonly pnlUsd: number;
}

/** The moves a market has made. `withoutDrift` takes the mean log return out of each. */
export function movesOf(candles: readonly Candle[], withoutDrift: boolean): Move[] {
  const [first, last] = [candles[0], candles.at(-1)];
  if (!first || !last || candles.length < 2) return [];
  const drift = withoutDrift ? (last.close / first.close) ** (1 / (candles.length - 1)) : 1;
  return candles.slice(1).map(({ high, low, close }, index) => {
    const base = (candles[index]?.close ?? close) * drift;
    return { high: high / base, low: low / base, close: close / base };
  });
}

/** One future: moves drawn with replacement. `random` gives numbers in [0, 1). */
export function drawPath(
  moves: readonly Move[],
  { horizon, random }: { readonly horizon: number; readonly random: () => number },
): Move[] {
  return Array.from({ length: horizon }, () => moves[Math.floor(random() * moves.length)]).filter(
    (move) => move !== undefined,
  );
}

/**
 * What becomes of a position along a path. Within a candle what loses comes before what wins, and of stop and liquidation
 * what lies nearer to the entry; exits fill at their level, and a liquidation loses at most the margin.
 * What is left at the end is closed at the last close.
 */
export function simulateOnce(position: SimulatedPosition, path: readonly Move[]): SimulatedOutcome {
  let price = position.entry;
  for (const move of path) {
    const ended = endIn(position, { high: price * move.high, low: price * move.low });
    if (ended) return { ending: ended.ending, pnlUsd: pnlAt(position, ended) };
    price *= move.close;
  }
  return { ending: 'open', pnlUsd: pnlAt(position, { ending: 'open', price }) };
}

interface End {
  readonly ending: Ending;
  readonly price: number;
}

function endIn(position: SimulatedPosition, { high, low }: { high: number; low: number }): End | undefined {
  const { side, stop, target, liquidation } = position;
  const sign = signOf(side);
  const [worst, best] = side === 'LONG' ? [low, high] : [high, low];
  const isHit = (level: number): boolean => sign * (worst - level) <= 0;
  const stopFirst = stop !== undefined && (liquidation === null || sign * (stop - liquidation) >= 0);
  if (stopFirst && isHit(stop)) return { ending: 'stop', price: stop };
  if (liquidation !== null && isHit(liquidation)) return { ending: 'liquidation', price: liquidation };
  if (target !== undefined && sign * (best - target) >= 0) return { ending: 'target', price: target };
  return undefined;
}

function pnlAt(
  { side, entry, marginUsd, leverage, feeBps }: SimulatedPosition,
  { ending, price }: End,
): number {
  const exposureUsd = marginUsd * leverage;
  const fee = feeBps / 10_000;
  const gross = signOf(side) * exposureUsd * (price / entry - 1) - (exposureUsd * fee * price) / entry;
  return (ending === 'liquidation' ? Math.max(gross, -marginUsd) : gross) - exposureUsd * fee;
}
