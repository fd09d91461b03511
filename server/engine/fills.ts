import { withCooldown, withPosition } from './account.ts';
import { liquidationPrice } from './liquidation.ts';
import { sign } from './mark.ts';
import {
  feeMicros,
  fromGridSteps,
  gridSteps,
  MICROS_PER_USD,
  notionalMicros,
  shareOf,
  snap,
} from './money.ts';
import type {
  Account,
  Cause,
  EngineEvent,
  Fill,
  Position,
  Posting,
  Rules,
  Side,
  SymbolSpec,
} from './model.ts';

/** The price a market order gets: slippage against the trader, then the next tick in the same direction. */
export function slippedPrice(
  price: number,
  order: { isBuy: boolean; slippageBps: number; tickSize: number },
): number {
  const factor = 1 + ((order.isBuy ? 1 : -1) * order.slippageBps) / 10_000;
  return snap(price * factor, order.tickSize, order.isBuy ? 'up' : 'down');
}

export interface Entry {
  readonly positionId: string;
  readonly spec: SymbolSpec;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly leverage: number;
  readonly marginMicros: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly decisionPrice: number;
  readonly slippage: number;
  readonly at: number;
}

/** Books an entry: margin and fee leave cash. The caller has made sure that both fit. */
export function enter(
  account: Account,
  entry: Entry,
  rules: Rules,
): { account: Account; event: EngineEvent } {
  const notional = notionalMicros(entry.quantity, entry.price);
  const fee = feeMicros(notional, rules.takerFeeBps);
  const held = account.positions.find((position) => position.symbol === entry.spec.symbol);
  const position = held ? increased(held, entry, { notional, fee }) : opened(entry, { notional, fee });
  const fill: Fill = {
    kind: 'entry',
    positionId: position.id,
    symbol: position.symbol,
    side: position.side,
    price: entry.price,
    quantity: entry.quantity,
    notionalMicros: notional,
    marginMicros: entry.marginMicros,
    leverage: position.leverage,
    feeMicros: fee,
    pnlMicros: 0 - fee,
    insuranceMicros: 0,
    costMicros: notional,
    cause: 'decision',
    decisionPrice: entry.decisionPrice,
    slippage: entry.slippage,
    at: entry.at,
  };
  const next: Account = {
    ...withPosition(account, position),
    cashMicros: account.cashMicros - entry.marginMicros - fee,
    realizedMicros: account.realizedMicros - fee,
    feesMicros: account.feesMicros + fee,
  };
  const postings = nonZero([
    { account: 'cash', amountMicros: -entry.marginMicros - fee },
    { account: 'margin', amountMicros: entry.marginMicros },
    { account: 'fees', amountMicros: fee },
  ]);
  return { account: next, event: { type: held ? 'increased' : 'opened', fill, position, postings } };
}

function opened(entry: Entry, costs: { notional: number; fee: number }): Position {
  const position: Position = {
    id: entry.positionId,
    symbol: entry.spec.symbol,
    side: entry.side,
    quantity: entry.quantity,
    entryQuantity: entry.quantity,
    entryPrice: entry.price,
    costMicros: costs.notional,
    marginMicros: entry.marginMicros,
    initialMarginMicros: entry.marginMicros,
    leverage: entry.leverage,
    stopLoss: entry.stopLoss,
    takeProfit: entry.takeProfit,
    liquidationPrice: null,
    maintenanceRate: entry.spec.maintenanceRate,
    openedAt: entry.at,
    levelsSetAt: entry.at,
    feesMicros: costs.fee,
    realizedMicros: 0,
    fundingMicros: 0,
    lastFundingAt: null,
    insuranceMicros: 0,
  };
  return { ...position, liquidationPrice: liquidationPrice(position, entry.spec.tickSize) };
}

function increased(held: Position, entry: Entry, costs: { notional: number; fee: number }): Position {
  const { stepSize, tickSize } = entry.spec;
  const add = (a: number, b: number) =>
    fromGridSteps(gridSteps(a, stepSize, 'nearest') + gridSteps(b, stepSize, 'nearest'), stepSize);
  const quantity = add(held.quantity, entry.quantity);
  const costMicros = held.costMicros + costs.notional;
  const position: Position = {
    ...held,
    quantity,
    entryQuantity: add(held.entryQuantity, entry.quantity),
    costMicros,
    entryPrice: costMicros / MICROS_PER_USD / quantity,
    marginMicros: held.marginMicros + entry.marginMicros,
    initialMarginMicros: held.initialMarginMicros + entry.marginMicros,
    stopLoss: entry.stopLoss ?? held.stopLoss,
    takeProfit: entry.takeProfit ?? held.takeProfit,
    levelsSetAt: entry.at,
    feesMicros: held.feesMicros + costs.fee,
  };
  return { ...position, liquidationPrice: liquidationPrice(position, tickSize) };
}

export interface Exit {
  readonly position: Position;
  readonly spec: SymbolSpec;
  /** At most the position's quantity. */
  readonly quantity: number;
  readonly price: number;
  readonly cause: Cause;
  readonly decisionPrice: number;
  readonly slippage: number;
  readonly at: number;
}

/**
 * Books an exit: margin share + gross - fee return to cash. The loss is isolated: what the margin share cannot pay is
 * posted from insurance, so cash never falls.
 */
export function exit(account: Account, exit: Exit, rules: Rules): { account: Account; event: EngineEvent } {
  const { position, spec } = exit;
  const wholeSteps = gridSteps(position.quantity, spec.stepSize, 'nearest');
  const exitSteps = Math.min(gridSteps(exit.quantity, spec.stepSize, 'nearest'), wholeSteps);
  const isLast = exitSteps === wholeSteps;
  const take = (amount: number) => (isLast ? amount : shareOf(amount, exitSteps, wholeSteps));
  const margin = take(position.marginMicros);
  const cost = take(position.costMicros);
  const quantity = isLast ? position.quantity : fromGridSteps(exitSteps, spec.stepSize);
  const notional = notionalMicros(quantity, exit.price);
  const gross = sign(position.side) * (notional - cost);
  const fee = feeMicros(notional, rules.takerFeeBps);
  const insurance = Math.max(0, fee - margin - gross);
  const pnl = gross - fee + insurance;

  const left: Position = {
    ...position,
    quantity: fromGridSteps(wholeSteps - exitSteps, spec.stepSize),
    costMicros: position.costMicros - cost,
    marginMicros: position.marginMicros - margin,
    feesMicros: position.feesMicros + fee,
    realizedMicros: position.realizedMicros + gross + insurance,
    insuranceMicros: position.insuranceMicros + insurance,
  };
  const after = isLast ? left : { ...left, liquidationPrice: liquidationPrice(left, spec.tickSize) };
  const fill: Fill = {
    kind: 'exit',
    positionId: position.id,
    symbol: position.symbol,
    side: position.side,
    price: exit.price,
    quantity,
    notionalMicros: notional,
    marginMicros: margin,
    leverage: position.leverage,
    feeMicros: fee,
    pnlMicros: pnl,
    insuranceMicros: insurance,
    costMicros: cost,
    cause: exit.cause,
    decisionPrice: exit.decisionPrice,
    slippage: exit.slippage,
    at: exit.at,
  };
  const booked: Account = {
    ...withPosition(account, after),
    cashMicros: account.cashMicros + margin + pnl,
    realizedMicros: account.realizedMicros + pnl,
    feesMicros: account.feesMicros + fee,
  };
  return {
    account: isLast ? counted(booked, after, { at: exit.at, cooldownMs: rules.cooldownMs }) : booked,
    event: {
      type: isLast ? 'closed' : 'reduced',
      fill,
      position: after,
      postings: exitPostings({ margin, gross, fee, insurance }),
    },
  };
}

function exitPostings(amounts: {
  margin: number;
  gross: number;
  fee: number;
  insurance: number;
}): readonly Posting[] {
  const { margin, gross, fee, insurance } = amounts;
  return nonZero([
    { account: 'cash', amountMicros: margin + gross - fee + insurance },
    { account: 'margin', amountMicros: 0 - margin },
    { account: 'market', amountMicros: 0 - gross },
    { account: 'fees', amountMicros: fee },
    { account: 'insurance', amountMicros: 0 - insurance },
  ]);
}

/** Net result of a position: gross of its exits + insurance - fees + funding. */
export function netMicros(position: Position): number {
  return position.realizedMicros - position.feesMicros + position.fundingMicros;
}

function counted(account: Account, closed: Position, close: { at: number; cooldownMs: number }): Account {
  const next = {
    ...account,
    tradeCount: account.tradeCount + 1,
    winCount: account.winCount + (netMicros(closed) > 0 ? 1 : 0),
  };
  return withCooldown(next, { symbol: closed.symbol, until: close.at + close.cooldownMs, at: close.at });
}

function nonZero(postings: readonly Posting[]): readonly Posting[] {
  return postings.filter((posting) => posting.amountMicros !== 0);
}
