import type { Side, SymbolSpec } from '../../engine/model.ts';
import { liquidationPrice } from '../../engine/liquidation.ts';
import { feeMicros, MICROS_PER_USD, toMicros } from '../../engine/money.ts';
import { ToolProblem } from './tool.ts';

/** A position that could be opened. Prices in USD a unit. */
export interface Plan {
  readonly side: Side;
  readonly entry: number;
  readonly leverage: number;
  readonly stop: number | undefined;
  readonly target: number | undefined;
}

/** Throws ToolProblem when the stop or the target lies on the wrong side of the entry. */
export function checkLevels(tool: string, { side, entry, stop, target }: Omit<Plan, 'leverage'>): void {
  const sign = signOf(side);
  const [losing, winning] = side === 'LONG' ? ['below', 'above'] : ['above', 'below'];
  if (stop !== undefined && sign * (entry - stop) <= 0) {
    throw new ToolProblem(
      `${tool}: argument "stop_loss" of a ${side} must be ${losing} the entry price ${entry}, got ${stop}.`,
    );
  }
  if (target !== undefined && sign * (target - entry) <= 0) {
    throw new ToolProblem(
      `${tool}: argument "take_profit" of a ${side} must be ${winning} the entry price ${entry}, got ${target}.`,
    );
  }
}

/** Throws ToolProblem when the symbol does not allow it. */
export function checkLeverage(tool: string, { symbol, maxLeverage }: SymbolSpec, leverage: number): void {
  if (leverage <= maxLeverage) return;
  throw new ToolProblem(
    `${tool}: argument "leverage" is at most ${maxLeverage} for ${symbol}, got ${leverage}.`,
  );
}

export function signOf(side: Side): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}

/** Where a fresh position is liquidated; null when no positive price does that. */
export function liquidationOf(
  spec: SymbolSpec,
  { side, entry, leverage }: Pick<Plan, 'side' | 'entry' | 'leverage'>,
): number | null {
  const costMicros = entry * MICROS_PER_USD;
  const held = { side, quantity: 1, costMicros, marginMicros: costMicros / leverage };
  return liquidationPrice({ ...held, maintenanceRate: spec.maintenanceRate }, spec.tickSize);
}

/** Of one fill, in USD. */
export function feeUsd(exposureUsd: number, feeBps: number): number {
  return feeMicros(toMicros(exposureUsd), feeBps) / MICROS_PER_USD;
}
