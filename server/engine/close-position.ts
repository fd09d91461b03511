import type { DecisionEnv, DecisionResult } from './apply-decision.ts';
import { findTarget, tradableMarket } from './decision-checks.ts';
import { exit, netMicros, slippedPrice } from './fills.ts';
import { formatUsd, fromGridSteps, gridSteps, shareOf } from './money.ts';
import type { Account, Decision, Outcome, Position, SymbolSpec } from './model.ts';
import { rejected } from './outcome.ts';

/** Closes a position, whole or in part, at the market. */
export function closePosition(account: Account, decision: Decision, env: DecisionEnv): DecisionResult {
  const refuse = (outcome: Outcome): DecisionResult => ({ account, outcome, events: [] });
  const target = findTarget(account.positions, decision);
  if (!target.ok) return refuse(target.outcome);
  const position = target.value;
  const market = tradableMarket(position.symbol, env);
  if (!market.ok) return refuse(market.outcome);
  const { spec, quote } = market.value;
  const part = partToClose(position, {
    fraction: decision.closeFraction ?? 1,
    spec,
    minSizeMicros: env.rules.minSizeMicros,
  });
  if (part.quantity === 0)
    return refuse(
      rejected(
        'size-below-step',
        `${String(decision.closeFraction)} of ${position.quantity} is less than ${spec.stepSize}`,
      ),
    );

  const isBuy = position.side === 'SHORT';
  const price = slippedPrice(quote.price, {
    isBuy,
    slippageBps: env.rules.slippageBps,
    tickSize: spec.tickSize,
  });
  const { account: next, event } = exit(
    account,
    {
      position,
      spec,
      quantity: part.quantity,
      price,
      cause: env.cause ?? 'decision',
      decisionPrice: env.decisionPrice(position.symbol) ?? quote.price,
      slippage: Math.abs(price - quote.price),
      at: env.at,
    },
    env.rules,
  );
  return {
    account: next,
    events: [event],
    outcome: describeClose(event.position, { price, notes: part.notes }),
  };
}

function describeClose(position: Position, close: { price: number; notes: readonly string[] }): Outcome {
  const isClosed = position.quantity === 0;
  const net = netMicros(position);
  const result = `${net < 0 ? 'a loss' : 'a gain'} of ${formatUsd(Math.abs(net))}`;
  return {
    code: isClosed ? 'closed' : 'reduced',
    accepted: true,
    message: isClosed
      ? `closed ${position.side} ${position.symbol} at ${close.price} with ${result}`
      : `reduced ${position.side} ${position.symbol} to ${position.quantity} at ${close.price}`,
    notes: close.notes,
    positionId: position.id,
  };
}

/** What would leave less than the minimum size behind closes the whole. */
function partToClose(
  position: Position,
  order: { fraction: number; spec: SymbolSpec; minSizeMicros: number },
): { quantity: number; notes: readonly string[] } {
  const { stepSize } = order.spec;
  const whole = gridSteps(position.quantity, stepSize, 'nearest');
  const part = gridSteps(position.quantity * order.fraction, stepSize, 'down');
  if (part >= whole) return { quantity: position.quantity, notes: [] };
  if (part === 0) return { quantity: 0, notes: [] };
  const marginLeft = position.marginMicros - shareOf(position.marginMicros, part, whole);
  if (marginLeft >= order.minSizeMicros) return { quantity: fromGridSteps(part, stepSize), notes: [] };
  return {
    quantity: position.quantity,
    notes: [
      `closed whole: the rest would have been ${formatUsd(marginLeft)}, below the least size of ${formatUsd(order.minSizeMicros)}`,
    ],
  };
}
