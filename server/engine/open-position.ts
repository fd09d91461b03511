import type { DecisionEnv, DecisionResult } from './apply-decision.ts';
import { checkLevels, no, ok, tradableMarket, type Checked } from './decision-checks.ts';
import { enter, slippedPrice, type Entry } from './fills.ts';
import {
  feeMicros,
  formatUsd,
  fromGridSteps,
  gridSteps,
  marginMicrosFor,
  notionalMicros,
  toMicros,
  MICROS_PER_USD,
} from './money.ts';
import type { Account, Decision, Outcome, Position, Quote, Rules, Side, SymbolSpec } from './model.ts';
import { LEVERAGE_LOWERED, rejected } from './outcome.ts';

type Opening = Decision & { readonly action: Side };

/** Market entry, or adding to the open position where the bot's rules allow it. */
export function openPosition(account: Account, decision: Opening, env: DecisionEnv): DecisionResult {
  const plan = planEntry(account, decision, env);
  if (!plan.ok) return { account, outcome: plan.outcome, events: [] };
  const { entry, notes } = plan.value;
  const { account: next, event } = enter(account, entry, env.rules);
  const verb = event.type === 'increased' ? 'increased' : 'opened';
  const margin = formatUsd(entry.marginMicros);
  return {
    account: next,
    events: [event],
    outcome: {
      code: verb,
      accepted: true,
      message: `${verb} ${entry.side} ${entry.spec.symbol} ${entry.leverage}x with ${margin} margin at ${entry.price}`,
      notes,
      positionId: entry.positionId,
    },
  };
}

interface Plan {
  readonly entry: Entry;
  readonly notes: readonly string[];
}

function planEntry(account: Account, decision: Opening, env: DecisionEnv): Checked<Plan> {
  const { symbol, size, action: side } = decision;
  if (symbol === undefined || size === undefined)
    return no(rejected('invalid-decision', `${side} needs a symbol and a size`));
  const market = openableMarket(symbol, env);
  if (!market.ok) return market;
  const { spec, quote } = market.value;
  const held = account.positions.find((position) => position.symbol === symbol);
  const asked = decision.leverage ?? held?.leverage ?? 1;
  const leverage = Math.min(asked, spec.maxLeverage);
  const conflict = findConflict(account, { symbol, side, leverage, held }, env);
  if (conflict) return conflict;

  const { slippageBps } = env.rules;
  const price = slippedPrice(quote.price, { isBuy: side === 'LONG', slippageBps, tickSize: spec.tickSize });
  const levels = checkLevels(decision, { side, price, tickSize: spec.tickSize });
  if (!levels.ok) return levels;
  const sized = sizeEntry(account.cashMicros, { size, leverage, price, spec }, env.rules);
  if (!sized.ok) return sized;

  const notes =
    asked > leverage
      ? [`${LEVERAGE_LOWERED} from ${asked} to ${leverage}, the most ${symbol} allows`, ...levels.value.notes]
      : levels.value.notes;
  const entry: Entry = {
    positionId: held?.id ?? env.positionId,
    spec,
    side,
    leverage,
    price,
    ...sized.value,
    stopLoss: levels.value.stopLoss,
    takeProfit: levels.value.takeProfit,
    decisionPrice: env.decisionPrice(symbol) ?? quote.price,
    slippage: Math.abs(price - quote.price),
    at: env.at,
  };
  return ok({ entry, notes });
}

function openableMarket(symbol: string, env: DecisionEnv): Checked<{ spec: SymbolSpec; quote: Quote }> {
  const market = tradableMarket(symbol, env);
  if (!market.ok) return market;
  if (env.rules.symbols && !env.rules.symbols.includes(symbol))
    return no(rejected('symbol-not-allowed', `${symbol} is not on this bot's list`));
  if (!market.value.quote.isConfirmed)
    return no(
      rejected(
        'unconfirmed-price',
        `${symbol} has just jumped to ${market.value.quote.price}; nothing is opened until the next price confirms it`,
      ),
    );
  return market;
}

function findConflict(
  account: Account,
  wanted: { symbol: string; side: Side; leverage: number; held: Position | undefined },
  env: DecisionEnv,
): Checked<never> | undefined {
  const { symbol, side, leverage, held } = wanted;
  const { rules, at } = env;
  const until = account.cooldowns[symbol] ?? 0;
  if (until > at)
    return no(
      rejected('cooldown', `${symbol} may be opened again in ${Math.ceil((until - at) / 60_000)} min`),
    );
  if (!held) {
    if (account.positions.length < rules.maxOpenPositions) return undefined;
    return no(rejected('too-many-positions', `${account.positions.length} are open, the most allowed`));
  }
  if (held.side !== side) return no(rejected('position-open', `close the ${held.side} on ${symbol} first`));
  if (!rules.allowAdding)
    return no(rejected('position-open', `a ${held.side} on ${symbol} is open and adding is off`));
  if (held.leverage !== leverage)
    return no(
      rejected('leverage-differs', `the open position has ${held.leverage}x, the decision ${leverage}x`),
    );
  return undefined;
}

/** quantity = floor(size * leverage / price) on the step; one step less where rounding would lock more than asked. */
function sizeEntry(
  cashMicros: number,
  order: { size: number; leverage: number; price: number; spec: SymbolSpec },
  rules: Rules,
): Checked<{ quantity: number; marginMicros: number }> {
  const { leverage, price, spec } = order;
  const sizeMicros = toMicros(order.size);
  if (sizeMicros < rules.minSizeMicros)
    return no(
      rejected(
        'size-too-small',
        `${formatUsd(sizeMicros)} is below the least size of ${formatUsd(rules.minSizeMicros)}`,
      ),
    );
  // Before any counting of steps: beyond 2^53 of them "one step less" is the same number.
  if (sizeMicros > cashMicros)
    return no(tooLittleCash(cashMicros, { sizeMicros, notional: sizeMicros * leverage, leverage }, rules));
  const quantityOf = (steps: number) => fromGridSteps(steps, spec.stepSize);
  const marginOf = (steps: number) => marginMicrosFor(notionalMicros(quantityOf(steps), price), leverage);
  let steps = gridSteps(((sizeMicros / MICROS_PER_USD) * leverage) / price, spec.stepSize, 'down');
  while (steps > 0 && marginOf(steps) > sizeMicros) steps -= 1;
  if (steps <= 0)
    return no(
      rejected(
        'size-below-step',
        `${formatUsd(sizeMicros)} at ${leverage}x buys less than ${spec.stepSize} ${spec.symbol}`,
      ),
    );
  const quantity = quantityOf(steps);
  const notional = notionalMicros(quantity, price);
  if (sizeMicros + feeMicros(notional, rules.takerFeeBps) > cashMicros)
    return no(tooLittleCash(cashMicros, { sizeMicros, notional, leverage }, rules));
  return ok({ quantity, marginMicros: marginOf(steps) });
}

function tooLittleCash(
  cashMicros: number,
  asked: { sizeMicros: number; notional: number; leverage: number },
  rules: Rules,
): Outcome {
  const needed = asked.sizeMicros + feeMicros(asked.notional, rules.takerFeeBps);
  const largest =
    Math.floor(cashMicros / (1 + (asked.leverage * rules.takerFeeBps) / 10_000) / 10_000) * 10_000;
  return rejected(
    'insufficient-margin',
    `needs ${formatUsd(needed)}, has ${formatUsd(cashMicros)}; the largest size that fits is ${formatUsd(largest)}`,
  );
}
