import { exit, slippedPrice } from './fills.ts';
import type { Account, Cause, EngineEvent, Position, Rules, SymbolSpec, Tick } from './model.ts';

interface Trigger {
  readonly cause: Extract<Cause, 'stop-loss' | 'take-profit' | 'liquidation'>;
  readonly level: number;
  /** Before slippage. */
  readonly price: number;
}

/**
 * Every exit one price causes: liquidation, stop, target. Prices older than a position's levels never trigger them.
 * @returns the same account and no events when nothing happens.
 */
export function onPrice(
  account: Account,
  tick: Tick,
  market: { spec: SymbolSpec; rules: Rules },
): { account: Account; events: readonly EngineEvent[] } {
  let next = account;
  const events: EngineEvent[] = [];
  for (const position of account.positions) {
    const trigger = findTrigger(position, tick);
    if (!trigger) continue;
    const result = exit(next, exitOrder(position, trigger, { ...market, at: tick.at }), market.rules);
    next = result.account;
    events.push(result.event);
  }
  return { account: next, events };
}

function exitOrder(
  position: Position,
  trigger: Trigger,
  market: { spec: SymbolSpec; rules: Rules; at: number },
) {
  const price =
    trigger.cause === 'stop-loss'
      ? slippedPrice(trigger.price, {
          isBuy: position.side === 'SHORT',
          slippageBps: market.rules.slippageBps,
          tickSize: market.spec.tickSize,
        })
      : trigger.price;
  return {
    position,
    spec: market.spec,
    quantity: position.quantity,
    price,
    cause: trigger.cause,
    decisionPrice: trigger.level,
    slippage: Math.abs(price - trigger.price),
    at: market.at,
  };
}

function findTrigger(position: Position, tick: Tick): Trigger | undefined {
  if (tick.symbol !== position.symbol || tick.at <= position.levelsSetAt) return undefined;
  return tick.path === 'jump' ? findJumpTrigger(position, tick.price) : findPathTrigger(position, tick);
}

/** Nothing between the last price and this one is known, so the fill is at this price when it is the worse one. */
function findJumpTrigger(position: Position, price: number): Trigger | undefined {
  const { liquidationPrice, stopLoss, takeProfit } = position;
  if (isReached(position, liquidationPrice, price))
    return { cause: 'liquidation', level: liquidationPrice, price };
  if (isReached(position, stopLoss, price)) return { cause: 'stop-loss', level: stopLoss, price };
  return targetTrigger(position, takeProfit, price);
}

/** Every price on the way was traded, so the nearest level is met first; inside one candle the loss comes first. */
function findPathTrigger(position: Position, tick: Tick): Trigger | undefined {
  const loss = nearestLoss(position);
  if (loss && isReached(position, loss.level, tick.price)) return { ...loss, price: loss.level };
  const target = targetTrigger(position, position.takeProfit, tick.price);
  if (!target || !loss || !tick.candle) return target;
  const worst = position.side === 'LONG' ? tick.candle.low : tick.candle.high;
  return isReached(position, loss.level, worst) ? { ...loss, price: loss.level } : target;
}

function nearestLoss(position: Position): Pick<Trigger, 'cause' | 'level'> | undefined {
  const { stopLoss, liquidationPrice } = position;
  if (stopLoss !== null && (liquidationPrice === null || isReached(position, stopLoss, liquidationPrice)))
    return { cause: 'stop-loss', level: stopLoss };
  return liquidationPrice === null ? undefined : { cause: 'liquidation', level: liquidationPrice };
}

function targetTrigger(position: Position, target: number | null, price: number): Trigger | undefined {
  if (target === null) return undefined;
  const isHit = position.side === 'LONG' ? price >= target : price <= target;
  return isHit ? { cause: 'take-profit', level: target, price: target } : undefined;
}

/** Whether a fall (long) or rise (short) to `price` meets the loss level. */
function isReached(position: Position, level: number | null, price: number): level is number {
  if (level === null) return false;
  return position.side === 'LONG' ? price <= level : price >= level;
}
