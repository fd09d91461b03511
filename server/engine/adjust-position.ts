import { withPosition } from './account.ts';
import type { DecisionEnv, DecisionResult } from './apply-decision.ts';
import { checkLevels, findTarget, tradableMarket } from './decision-checks.ts';
import type { Account, Decision, Outcome, Position } from './model.ts';
import { rejected } from './outcome.ts';

/** Moves or removes (null) the stop and target of an open position; what is not named stays. */
export function adjustPosition(account: Account, decision: Decision, env: DecisionEnv): DecisionResult {
  const refuse = (outcome: Outcome): DecisionResult => ({ account, outcome, events: [] });
  if (decision.stopLoss === undefined && decision.takeProfit === undefined)
    return refuse(rejected('invalid-decision', 'ADJUST needs a stopLoss or a takeProfit'));
  const target = findTarget(account.positions, decision);
  if (!target.ok) return refuse(target.outcome);
  const held = target.value;
  const market = tradableMarket(held.symbol, env);
  if (!market.ok) return refuse(market.outcome);
  const { spec, quote } = market.value;
  const levels = checkLevels(decision, { side: held.side, price: quote.price, tickSize: spec.tickSize });
  if (!levels.ok) return refuse(levels.outcome);

  const position: Position = {
    ...held,
    stopLoss: decision.stopLoss === undefined ? held.stopLoss : levels.value.stopLoss,
    takeProfit: decision.takeProfit === undefined ? held.takeProfit : levels.value.takeProfit,
    levelsSetAt: env.at,
  };
  const shown = `stop ${position.stopLoss ?? 'none'}, target ${position.takeProfit ?? 'none'}`;
  return {
    account: withPosition(account, position),
    events: [{ type: 'adjusted', position, at: env.at }],
    outcome: {
      code: 'adjusted',
      accepted: true,
      message: `adjusted ${held.side} ${held.symbol}: ${shown}`,
      notes: levels.value.notes,
      positionId: held.id,
    },
  };
}
