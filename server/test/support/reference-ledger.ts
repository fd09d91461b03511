import type { Cause, Side, SymbolSpec } from '../../engine/model.ts';

/**
 * A second, deliberately naive opinion on the paper book: whole numbers of any size, no state, everything worked out
 * again from the first fact each time. It knows the engine's words and none of its code.
 */
const SCALE = 18;
export const ONE = 10n ** BigInt(SCALE);
const MICROS = 1_000_000n;

/** What happened to one bot, in order. */
export type Fact =
  | {
      readonly type: 'entry';
      readonly positionId: string;
      readonly symbol: string;
      readonly side: Side;
      readonly quantity: number;
      readonly price: number;
      readonly leverage: number;
      readonly stopLoss: number | null;
      readonly takeProfit: number | null;
      readonly at: number;
    }
  | {
      readonly type: 'exit';
      readonly positionId: string;
      readonly quantity: number;
      readonly price: number;
      readonly cause: Cause;
      readonly at: number;
    }
  | {
      readonly type: 'levels';
      readonly positionId: string;
      readonly stopLoss: number | null;
      readonly takeProfit: number | null;
      readonly at: number;
    }
  | {
      readonly type: 'funding';
      readonly symbol: string;
      readonly rate: number;
      readonly mark: number;
      readonly at: number;
    };

/** Money in micros, quantity in 10^-18. */
export interface ReferencePosition {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leverage: number;
  readonly openedAt: number;
  quantity: bigint;
  entered: bigint;
  cost: bigint;
  margin: bigint;
  initialMargin: bigint;
  fees: bigint;
  gross: bigint;
  insurance: bigint;
  funding: bigint;
  stopLoss: number | null;
  takeProfit: number | null;
  levelsSetAt: number;
  fundedAt: number;
}

export interface ReferenceBook {
  cash: bigint;
  /** Sum of what every fill did to equity. */
  pnl: bigint;
  fees: bigint;
  funding: bigint;
  insurance: bigint;
  closed: number;
  won: number;
  readonly open: Map<string, ReferencePosition>;
  /** symbol -> time of its last full close. */
  readonly closedAt: Map<string, number>;
}

export interface Terms {
  readonly depositMicros: number;
  readonly feeBps: number;
}

export function replay(terms: Terms, facts: readonly Fact[]): ReferenceBook {
  const book: ReferenceBook = {
    cash: BigInt(terms.depositMicros),
    pnl: 0n,
    fees: 0n,
    funding: 0n,
    insurance: 0n,
    closed: 0,
    won: 0,
    open: new Map(),
    closedAt: new Map(),
  };
  for (const fact of facts) {
    if (fact.type === 'entry') enter(book, fact, terms);
    else if (fact.type === 'exit') exit(book, fact, terms);
    else if (fact.type === 'funding') fund(book, fact);
    else setLevels(book, fact);
  }
  return book;
}

function enter(book: ReferenceBook, fact: Extract<Fact, { type: 'entry' }>, terms: Terms): void {
  const notional = notionalOf(fact.quantity, fact.price);
  const margin = ceilDiv(notional, BigInt(fact.leverage));
  const fee = feeOf(notional, terms.feeBps);
  const held = book.open.get(fact.positionId);
  const position = held ?? {
    id: fact.positionId,
    symbol: fact.symbol,
    side: fact.side,
    leverage: fact.leverage,
    openedAt: fact.at,
    quantity: 0n,
    entered: 0n,
    cost: 0n,
    margin: 0n,
    initialMargin: 0n,
    fees: 0n,
    gross: 0n,
    insurance: 0n,
    funding: 0n,
    stopLoss: null,
    takeProfit: null,
    levelsSetAt: fact.at,
    fundedAt: fact.at,
  };
  position.quantity += decimal(fact.quantity);
  position.entered += decimal(fact.quantity);
  position.cost += notional;
  position.margin += margin;
  position.initialMargin += margin;
  position.fees += fee;
  position.stopLoss = fact.stopLoss ?? position.stopLoss;
  position.takeProfit = fact.takeProfit ?? position.takeProfit;
  position.levelsSetAt = fact.at;
  book.open.set(position.id, position);
  book.cash -= margin + fee;
  book.fees += fee;
  book.pnl -= fee;
}

function exit(book: ReferenceBook, fact: Extract<Fact, { type: 'exit' }>, terms: Terms): void {
  const position = book.open.get(fact.positionId);
  if (!position) throw new Error(`the reference has no position ${fact.positionId}`);
  const quantity = decimal(fact.quantity);
  const isLast = quantity === position.quantity;
  const share = (amount: bigint) => (isLast ? amount : (amount * quantity) / position.quantity);
  const [margin, cost] = [share(position.margin), share(position.cost)];
  const notional = notionalOf(fact.quantity, fact.price);
  const gross = position.side === 'LONG' ? notional - cost : cost - notional;
  const fee = feeOf(notional, terms.feeBps);
  const rest = margin + gross - fee;
  const insurance = rest < 0n ? -rest : 0n;
  position.quantity -= quantity;
  position.margin -= margin;
  position.cost -= cost;
  position.fees += fee;
  position.gross += gross;
  position.insurance += insurance;
  book.cash += rest + insurance;
  book.fees += fee;
  book.insurance += insurance;
  book.pnl += gross - fee + insurance;
  if (!isLast) return;
  book.open.delete(position.id);
  book.closedAt.set(position.symbol, fact.at);
  book.closed += 1;
  if (netOf(position) > 0n) book.won += 1;
}

/** Paid from margin, never from cash, never more than the margin, and once for each time after the first entry. */
function fund(book: ReferenceBook, fact: Extract<Fact, { type: 'funding' }>): void {
  for (const position of book.open.values()) {
    if (position.symbol !== fact.symbol || position.fundedAt >= fact.at) continue;
    position.fundedAt = fact.at;
    const notional = notionalOf(Number(decimalText(position.quantity)), fact.mark);
    const exact = (position.side === 'LONG' ? -1n : 1n) * decimal(fact.rate) * notional;
    const due = floorDiv(exact, ONE);
    const amount = due < -position.margin ? -position.margin : due;
    position.margin += amount;
    position.funding += amount;
    book.funding += amount;
  }
}

function setLevels(book: ReferenceBook, fact: Extract<Fact, { type: 'levels' }>): void {
  const position = book.open.get(fact.positionId);
  if (!position) throw new Error(`the reference has no position ${fact.positionId}`);
  position.stopLoss = fact.stopLoss;
  position.takeProfit = fact.takeProfit;
  position.levelsSetAt = fact.at;
}

export function netOf(position: ReferencePosition): bigint {
  return position.gross + position.insurance - position.fees + position.funding;
}

export function unrealizedOf(position: ReferencePosition, mark: number): bigint {
  const value = notionalOf(Number(decimalText(position.quantity)), mark);
  return position.side === 'LONG' ? value - position.cost : position.cost - value;
}

export function equityOf(book: ReferenceBook, markOf: (symbol: string) => number): bigint {
  return [...book.open.values()].reduce(
    (sum, position) => sum + position.margin + unrealizedOf(position, markOf(position.symbol)),
    book.cash,
  );
}

/** The first tick, seen from the entry, at which margin + PnL <= m * notional; null when it is not above 0. */
export function liquidationOf(position: ReferencePosition, spec: SymbolSpec): number | null {
  const [tick, rate] = [decimal(spec.tickSize), decimal(spec.maintenanceRate)];
  const isLong = position.side === 'LONG';
  const numerator =
    (isLong ? position.cost - position.margin : position.cost + position.margin) * ONE * ONE * ONE;
  const divisor = MICROS * position.quantity * (isLong ? ONE - rate : ONE + rate) * tick;
  const ticks = isLong ? floorDiv(numerator, divisor) : ceilDiv(numerator, divisor);
  return ticks > 0n ? Number(decimalText(ticks * tick)) : null;
}

/** The definition: the double product, rounded. Never further than a micro from the exact product. */
export function notionalOf(quantity: number, price: number): bigint {
  const rounded = BigInt(Math.round(quantity * price * 1e6));
  const exact = decimal(quantity) * decimal(price) * MICROS;
  const distance = rounded * ONE * ONE - exact;
  if ((distance < 0n ? -distance : distance) > ONE * ONE)
    throw new Error(`${quantity} * ${price} is not ${rounded} micros`);
  return rounded;
}

export function feeOf(notional: bigint, bps: number): bigint {
  return ceilDiv(notional * decimal(bps), 10_000n * ONE);
}

/** A double's shortest decimal as a count of 10^-18. */
export function decimal(value: number): bigint {
  const [digits = '0', exponent = '0'] = String(Math.abs(value)).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const shift = SCALE + Number(exponent) - fraction.length;
  const unsigned = BigInt(whole + fraction) * 10n ** BigInt(Math.max(0, shift));
  const scaled = shift < 0 ? unsigned / 10n ** BigInt(-shift) : unsigned;
  return value < 0 ? -scaled : scaled;
}

export function decimalText(value: bigint): string {
  const digits = String(value).padStart(SCALE + 1, '0');
  return `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

export function ceilDiv(a: bigint, b: bigint): bigint {
  return -floorDiv(-a, b);
}
