import { MICROS_PER_USD, snap } from './money.ts';
import type { Position } from './model.ts';

type Held = Pick<Position, 'side' | 'quantity' | 'costMicros' | 'marginMicros' | 'maintenanceRate'>;

/**
 * The price at which margin + PnL = maintenance rate * notional: (C - margin) / (q (1 - m)) for a long,
 * (C + margin) / (q (1 + m)) for a short. On the tick from which the condition holds.
 * @returns null when no positive price liquidates the position.
 */
export function liquidationPrice(held: Held, tickSize: number): number | null {
  const { side, quantity, costMicros, marginMicros, maintenanceRate } = held;
  const units = quantity * MICROS_PER_USD;
  const price =
    side === 'LONG'
      ? snap((costMicros - marginMicros) / (units * (1 - maintenanceRate)), tickSize, 'down')
      : snap((costMicros + marginMicros) / (units * (1 + maintenanceRate)), tickSize, 'up');
  return price > 0 ? price : null;
}
