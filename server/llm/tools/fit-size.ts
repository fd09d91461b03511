import type { SymbolSpec } from '../../engine/model.ts';
import { feeUsd } from './position-plan.ts';
import type { ToolWorld } from './world.ts';

/** A size that the arena takes; margin 0 = none does. */
export interface Fit {
  /** Whole cents. */
  readonly marginUsd: number;
  readonly leverage: number;
  readonly exposureUsd: number;
  readonly entryFeeUsd: number;
  /** Fees of both fills included; null without a stop. */
  readonly lossAtStopUsd: number | null;
  readonly notes: readonly string[];
}

interface Bounds {
  readonly world: ToolWorld;
  readonly spec: SymbolSpec;
  /** undefined = the smallest that is needed. */
  readonly leverage: number | undefined;
}

/**
 * Makes an exposure a margin and a leverage: margin + entry fee fit the available balance, the margin is at least the
 * smallest size, the leverage is whole and at most the symbol's; with a stop, it also stays low enough for the stop to
 * come before liquidation. What cannot be had is given up in size, never in these bounds.
 */
export function fitSize(
  wish: { readonly exposureUsd: number; readonly stopFraction: number | null },
  bounds: Bounds,
): Fit {
  const notes: string[] = [];
  const leverage = chooseLeverage(wish, { ...bounds, notes });
  const { availableUsd, takerFeeBps, minSizeUsd } = bounds.world;
  // The fee is rounded up to a whole micro-USD.
  const largest = (availableUsd - 1e-6) / (1 + (leverage * takerFeeBps) / 10_000);
  const wanted = wish.exposureUsd / leverage;
  const marginUsd = floorCents(Math.min(wanted, largest));
  if (wanted > largest) notes.push('The available balance is too small for the whole size.');
  if (marginUsd < minSizeUsd) {
    notes.push(
      `The margin would be ${marginUsd.toFixed(2)}, below the smallest size of ${minSizeUsd}: nothing can be opened.`,
    );
    return { marginUsd: 0, leverage, exposureUsd: 0, entryFeeUsd: 0, lossAtStopUsd: null, notes };
  }
  const exposureUsd = marginUsd * leverage;
  const entryFeeUsd = feeUsd(exposureUsd, takerFeeBps);
  const lossAtStopUsd = wish.stopFraction === null ? null : exposureUsd * wish.stopFraction + 2 * entryFeeUsd;
  return { marginUsd, leverage, exposureUsd, entryFeeUsd, lossAtStopUsd, notes };
}

function chooseLeverage(
  { exposureUsd, stopFraction }: { readonly exposureUsd: number; readonly stopFraction: number | null },
  { world, spec, leverage, notes }: Bounds & { notes: string[] },
): number {
  const needed = leverage ?? neededLeverage(exposureUsd, world);
  const safe = stopFraction === null ? Infinity : safeLeverage(stopFraction, spec.maintenanceRate);
  const forSmallest = world.minSizeUsd > 0 ? Math.floor(exposureUsd / world.minSizeUsd) : Infinity;
  const most = Math.max(1, Math.min(spec.maxLeverage, safe, forSmallest));
  if (needed > spec.maxLeverage) notes.push(`${spec.symbol} allows at most ${spec.maxLeverage}x.`);
  if (needed > safe) notes.push(`Above ${Math.max(1, safe)}x the position is liquidated before its stop.`);
  if (leverage !== undefined && leverage > forSmallest && forSmallest >= 1) {
    notes.push(`Above ${forSmallest}x the margin would be below the smallest size.`);
  }
  return Math.min(needed, most);
}

/** The most at which a stop that far away, on either side, comes before liquidation. */
function safeLeverage(stopFraction: number, maintenanceRate: number): number {
  return Math.floor(1 / (stopFraction + maintenanceRate + stopFraction * maintenanceRate));
}

/** The smallest whole leverage at which margin and fee fit the balance; a high one when none does. */
function neededLeverage(exposureUsd: number, { availableUsd, takerFeeBps }: ToolWorld): number {
  const forMargin = availableUsd - (exposureUsd * takerFeeBps) / 10_000;
  if (exposureUsd <= 0) return 1;
  return forMargin <= 0 ? Number.MAX_SAFE_INTEGER : Math.max(1, Math.ceil(exposureUsd / forMargin));
}

function floorCents(usd: number): number {
  return Math.max(0, Math.floor(usd * 100 + 1e-6) / 100);
}
