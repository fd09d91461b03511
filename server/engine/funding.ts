import { withPosition } from './account.ts';
import { liquidationPrice } from './liquidation.ts';
import { sign } from './mark.ts';
import { notionalMicros } from './money.ts';
import type { Account, EngineEvent, Position, SymbolSpec } from './model.ts';

export interface Funding {
  readonly spec: SymbolSpec;
  /** A positive rate is paid by longs to shorts, as a fraction of notional. */
  readonly rate: number;
  readonly mark: number;
  readonly at: number;
}

/**
 * Funding moves between a position's margin and the funding account, never cash: floor(-side * rate * notional), at
 * most the whole margin. A funding time that was charged before changes nothing.
 */
export function accrueFunding(
  account: Account,
  funding: Funding,
): { account: Account; events: readonly EngineEvent[] } {
  let next = account;
  const events: EngineEvent[] = [];
  for (const position of account.positions) {
    if (position.symbol !== funding.spec.symbol || !isDue(position, funding.at)) continue;
    const event = charge(position, funding);
    next = { ...withPosition(next, event.position), fundingMicros: next.fundingMicros + event.amountMicros };
    events.push(event);
  }
  return { account: next, events };
}

function isDue(position: Position, at: number): boolean {
  return position.openedAt < at && (position.lastFundingAt === null || position.lastFundingAt < at);
}

function charge(
  position: Position,
  { spec, rate, mark, at }: Funding,
): Extract<EngineEvent, { type: 'funding' }> {
  const exact = -sign(position.side) * rate * notionalMicros(position.quantity, mark);
  const amountMicros = Math.max(Math.floor(exact), 0 - position.marginMicros);
  const charged: Position = {
    ...position,
    marginMicros: position.marginMicros + amountMicros,
    fundingMicros: position.fundingMicros + amountMicros,
    lastFundingAt: at,
  };
  const postings =
    amountMicros === 0
      ? []
      : ([
          { account: 'margin', amountMicros },
          { account: 'funding', amountMicros: 0 - amountMicros },
        ] as const);
  return {
    type: 'funding',
    position: { ...charged, liquidationPrice: liquidationPrice(charged, spec.tickSize) },
    rate,
    amountMicros: amountMicros === 0 ? 0 : amountMicros,
    postings,
    at,
  };
}
