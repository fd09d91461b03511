import type { Decision, OutcomeCode, Quote, Rules, Side, SymbolSpec, Tick } from '../../engine/model.ts';
import {
  ceilDiv,
  decimal,
  decimalText,
  feeOf,
  floorDiv,
  liquidationOf,
  notionalOf,
  ONE,
  type Fact,
  type ReferenceBook,
  type ReferencePosition,
} from './reference-ledger.ts';

/** What the reference judges a decision in. */
export interface ReferenceWorld {
  readonly rules: Rules;
  readonly isMarketOpen: boolean;
  readonly specs: ReadonlyMap<string, SymbolSpec>;
  readonly quotes: ReadonlyMap<string, Quote>;
  readonly at: number;
}

export interface Judgement {
  readonly code: OutcomeCode;
  /** What the decision does; null when it does nothing. */
  readonly fact: Fact | null;
}

const no = (code: OutcomeCode): Judgement => ({ code, fact: null });

/** Each rule in the order in which it refuses. */
export function judge(
  book: ReferenceBook,
  { decision, positionId }: { decision: Decision; positionId: string },
  world: ReferenceWorld,
): Judgement {
  if (hasBadNumber(decision)) return no('invalid-decision');
  if (decision.action === 'HOLD') return no('held');
  if (!world.isMarketOpen) return no('market-closed');
  if (decision.action === 'LONG' || decision.action === 'SHORT')
    return judgeOpen(book, { ...decision, action: decision.action, newId: positionId }, world);
  return judgeChange(book, decision, world);
}

function hasBadNumber({ size, leverage, stopLoss, takeProfit, closeFraction }: Decision): boolean {
  const isBad = (value: number | null | undefined) =>
    value !== undefined && value !== null && !(value > 0 && value < 1e12);
  const isBadFraction = closeFraction !== undefined && !(closeFraction > 0 && closeFraction <= 1);
  const isBadLeverage = leverage !== undefined && !(Number.isSafeInteger(leverage) && leverage >= 1);
  return (
    size === null || isBad(size) || isBad(stopLoss) || isBad(takeProfit) || isBadFraction || isBadLeverage
  );
}

function judgeOpen(
  book: ReferenceBook,
  decision: Decision & { action: Side; newId: string },
  world: ReferenceWorld,
): Judgement {
  const { symbol, size, action: side } = decision;
  const { rules } = world;
  if (symbol === undefined || size === undefined) return no('invalid-decision');
  const [spec, quote] = [world.specs.get(symbol), world.quotes.get(symbol)];
  if (!spec) return no('unknown-symbol');
  if (!quote) return no('no-price');
  if (quote.isStale) return no('stale-price');
  if (rules.symbols !== null && !rules.symbols.includes(symbol)) return no('symbol-not-allowed');
  if (!quote.isConfirmed) return no('unconfirmed-price');
  const closedAt = book.closedAt.get(symbol);
  if (closedAt !== undefined && closedAt + rules.cooldownMs > world.at) return no('cooldown');
  const held = [...book.open.values()].find((position) => position.symbol === symbol);
  const leverage = Math.min(decision.leverage ?? held?.leverage ?? 1, spec.maxLeverage);
  if (!held && book.open.size >= rules.maxOpenPositions) return no('too-many-positions');
  if (held && (held.side !== side || !rules.allowAdding)) return no('position-open');
  if (held && held.leverage !== leverage) return no('leverage-differs');
  const price = slipped(quote.price, { isBuy: side === 'LONG', spec, rules });
  const levels = placeLevels(decision, { side, price, spec });
  if (typeof levels === 'string') return no(levels);
  const quantity = quantityFor(book, { size, leverage, price, spec, rules });
  if (typeof quantity === 'string') return no(quantity);
  return {
    code: held ? 'increased' : 'opened',
    fact: {
      type: 'entry',
      positionId: held?.id ?? decision.newId,
      symbol,
      side,
      quantity,
      price,
      leverage,
      stopLoss: levels.stopLoss,
      takeProfit: levels.takeProfit,
      at: world.at,
    },
  };
}

/** Market orders slip against the trader, then to the next tick in the same direction. */
function slipped(price: number, order: { isBuy: boolean; spec: SymbolSpec; rules: Rules }): number {
  const slip = decimal(order.rules.slippageBps) * (order.isBuy ? 1n : -1n);
  const numerator = decimal(price) * (10_000n * ONE + slip);
  const divisor = 10_000n * ONE * decimal(order.spec.tickSize);
  const ticks = order.isBuy ? ceilDiv(numerator, divisor) : floorDiv(numerator, divisor);
  return Number(decimalText(ticks * decimal(order.spec.tickSize)));
}

function placeLevels(
  decision: Decision,
  market: { side: Side; price: number; spec: SymbolSpec },
): { stopLoss: number | null; takeProfit: number | null } | OutcomeCode {
  const tick = decimal(market.spec.tickSize);
  const onTick = (level: number | null | undefined) =>
    level === undefined || level === null
      ? null
      : Number(decimalText(floorDiv(2n * decimal(level) + tick, 2n * tick) * tick));
  const [stopLoss, takeProfit] = [onTick(decision.stopLoss), onTick(decision.takeProfit)];
  const isLong = market.side === 'LONG';
  if (stopLoss !== null && (stopLoss <= 0 || (isLong ? stopLoss >= market.price : stopLoss <= market.price)))
    return 'wrong-side-stop';
  if (
    takeProfit !== null &&
    (takeProfit <= 0 || (isLong ? takeProfit <= market.price : takeProfit >= market.price))
  )
    return 'wrong-side-target';
  return { stopLoss, takeProfit };
}

function quantityFor(
  book: ReferenceBook,
  order: { size: number; leverage: number; price: number; spec: SymbolSpec; rules: Rules },
): number | OutcomeCode {
  const { leverage, price, spec, rules } = order;
  const size = (decimal(order.size) * 1_000_000n) / ONE;
  if (size < BigInt(rules.minSizeMicros)) return 'size-too-small';
  if (size > book.cash) return 'insufficient-margin';
  const [step, lever] = [decimal(spec.stepSize), BigInt(leverage)];
  let steps = floorDiv(size * lever * ONE * ONE, 1_000_000n * decimal(price) * step);
  const quantityOf = (count: bigint) => Number(decimalText(count * step));
  while (steps > 0n && ceilDiv(notionalOf(quantityOf(steps), price), lever) > size) steps -= 1n;
  if (steps === 0n) return 'size-below-step';
  const fee = feeOf(notionalOf(quantityOf(steps), price), rules.takerFeeBps);
  return size + fee > book.cash ? 'insufficient-margin' : quantityOf(steps);
}

function judgeChange(book: ReferenceBook, decision: Decision, world: ReferenceWorld): Judgement {
  const isAdjust = decision.action === 'ADJUST';
  if (isAdjust && decision.stopLoss === undefined && decision.takeProfit === undefined)
    return no('invalid-decision');
  const id = decision.closePositionId ?? decision.positionId;
  if (id === undefined && decision.symbol === undefined) return no('invalid-decision');
  const position = [...book.open.values()].find((held) =>
    id === undefined ? held.symbol === decision.symbol : held.id === id,
  );
  if (!position) return no('position-not-found');
  if (decision.symbol !== undefined && decision.symbol !== position.symbol) return no('invalid-decision');
  const [spec, quote] = [world.specs.get(position.symbol), world.quotes.get(position.symbol)];
  if (!spec) return no('unknown-symbol');
  if (!quote) return no('no-price');
  if (quote.isStale) return no('stale-price');
  const market = { spec, quote, world };
  return isAdjust ? judgeAdjust(position, decision, market) : judgeClose(position, decision, market);
}

interface Market {
  readonly spec: SymbolSpec;
  readonly quote: Quote;
  readonly world: ReferenceWorld;
}

function judgeAdjust(
  position: ReferencePosition,
  decision: Decision,
  { spec, quote, world }: Market,
): Judgement {
  const levels = placeLevels(decision, { side: position.side, price: quote.price, spec });
  if (typeof levels === 'string') return no(levels);
  return {
    code: 'adjusted',
    fact: {
      type: 'levels',
      positionId: position.id,
      stopLoss: decision.stopLoss === undefined ? position.stopLoss : levels.stopLoss,
      takeProfit: decision.takeProfit === undefined ? position.takeProfit : levels.takeProfit,
      at: world.at,
    },
  };
}

function judgeClose(
  position: ReferencePosition,
  decision: Decision,
  { spec, quote, world }: Market,
): Judgement {
  const step = decimal(spec.stepSize);
  const whole = position.quantity / step;
  // A fraction such as 1/3 is a double: what it misses a step by is its own error.
  const error = ONE / 1_000_000_000n;
  const part = (whole * decimal(decision.closeFraction ?? 1) + error) / ONE;
  if (part === 0n) return no('size-below-step');
  const marginLeft = position.margin - (position.margin * part) / whole;
  const isWhole = part >= whole || marginLeft < BigInt(world.rules.minSizeMicros);
  const price = slipped(quote.price, { isBuy: position.side === 'SHORT', spec, rules: world.rules });
  return {
    code: isWhole ? 'closed' : 'reduced',
    fact: {
      type: 'exit',
      positionId: position.id,
      quantity: Number(decimalText(isWhole ? position.quantity : part * step)),
      price,
      cause: 'decision',
      at: world.at,
    },
  };
}

/** The exit one price causes for one position, if any. */
export function exitAt(
  position: ReferencePosition,
  tick: Tick,
  market: { spec: SymbolSpec; rules: Rules },
): Extract<Fact, { type: 'exit' }> | null {
  if (tick.at <= position.levelsSetAt) return null;
  const isLong = position.side === 'LONG';
  const falls = (level: number, price: number) => (isLong ? price <= level : price >= level);
  const { stopLoss, takeProfit } = position;
  const liquidation = liquidationOf(position, market.spec);
  const isTarget = takeProfit !== null && (isLong ? tick.price >= takeProfit : tick.price <= takeProfit);
  const make = (cause: 'stop-loss' | 'take-profit' | 'liquidation', price: number) => ({
    type: 'exit' as const,
    positionId: position.id,
    quantity: Number(decimalText(position.quantity)),
    price: cause === 'stop-loss' ? slipped(price, { isBuy: !isLong, ...market }) : price,
    cause,
    at: tick.at,
  });
  if (tick.path === 'jump') {
    if (liquidation !== null && falls(liquidation, tick.price)) return make('liquidation', tick.price);
    if (stopLoss !== null && falls(stopLoss, tick.price)) return make('stop-loss', tick.price);
    return isTarget ? make('take-profit', takeProfit) : null;
  }
  const stopIsFirst = stopLoss !== null && (liquidation === null || falls(stopLoss, liquidation));
  const loss = stopIsFirst ? stopLoss : liquidation;
  const lossCause = stopIsFirst ? 'stop-loss' : 'liquidation';
  const candleWorst = isLong ? tick.candle?.low : tick.candle?.high;
  if (loss !== null && falls(loss, tick.price)) return make(lossCause, loss);
  if (!isTarget) return null;
  const isBoth = loss !== null && candleWorst !== undefined && falls(loss, candleWorst);
  return isBoth ? make(lossCause, loss) : make('take-profit', takeProfit);
}
