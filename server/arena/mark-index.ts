import { MICROS_PER_USD } from '../engine/money.ts';
import type { Position } from '../engine/model.ts';

/**
 * The open positions of one symbol, column by column, so that a price touches nothing but numbers. Indexes below
 * `count` always hold a value: `as number` says so to the compiler without a branch in the loop.
 */
interface Lane {
  count: number;
  botSlots: Int32Array;
  /** +1 long, -1 short. */
  sides: Float64Array;
  quantities: Float64Array;
  costs: Float64Array;
  unrealized: Float64Array;
  /** The first price at or below, or at or above, which an exit is due. */
  lowers: Float64Array;
  uppers: Float64Array;
  /** The highest of `lowers` and the lowest of `uppers`: between them nobody's exit is due. */
  highestLower: number;
  lowestUpper: number;
  price: number;
}

const FIRST_SIZE = 16;

function createLane(): Lane {
  return {
    count: 0,
    botSlots: new Int32Array(FIRST_SIZE),
    sides: new Float64Array(FIRST_SIZE),
    quantities: new Float64Array(FIRST_SIZE),
    costs: new Float64Array(FIRST_SIZE),
    unrealized: new Float64Array(FIRST_SIZE),
    lowers: new Float64Array(FIRST_SIZE),
    uppers: new Float64Array(FIRST_SIZE),
    highestLower: 0,
    lowestUpper: Number.POSITIVE_INFINITY,
    price: Number.NaN,
  };
}

function grow(lane: Lane): void {
  const size = lane.sides.length * 2;
  const widen = (column: Float64Array) => {
    const wider = new Float64Array(size);
    wider.set(column);
    return wider;
  };
  const slots = new Int32Array(size);
  slots.set(lane.botSlots);
  lane.botSlots = slots;
  lane.sides = widen(lane.sides);
  lane.quantities = widen(lane.quantities);
  lane.costs = widen(lane.costs);
  lane.unrealized = widen(lane.unrealized);
  lane.lowers = widen(lane.lowers);
  lane.uppers = widen(lane.uppers);
}

/**
 * Marks every open position on each price and tells whose exits are due. The one mutable structure of the money path:
 * it decides nothing, the pure engine does on a hit.
 */
export class MarkIndex {
  readonly #lanes = new Map<string, Lane>();
  readonly #botSlots = new Map<string, number>();
  readonly #botIds: string[] = [];
  #totals = new Float64Array(FIRST_SIZE);
  /** bot -> symbols it holds. */
  readonly #held = new Map<string, readonly string[]>();

  /** Replaces what is known of a bot's open positions. */
  setPositions(botId: string, positions: readonly Position[]): void {
    const slot = this.#slotOf(botId);
    for (const symbol of this.#held.get(botId) ?? []) this.#removeFrom(symbol, slot);
    for (const position of positions) this.#addTo(position, slot);
    if (positions.length === 0) this.#held.delete(botId);
    else this.#held.set(botId, [...new Set(positions.map((position) => position.symbol))]);
    if (positions.length === 0) this.#totals[slot] = 0;
  }

  /**
   * Revalues every position on the symbol.
   * @returns the bots of which an exit is due at this price.
   */
  apply(symbol: string, price: number): readonly string[] {
    const lane = this.#lanes.get(symbol);
    if (!lane) {
      this.#lane(symbol).price = price;
      return [];
    }
    lane.price = price;
    this.#revalue(lane);
    return price <= lane.highestLower || price >= lane.lowestUpper ? this.#hits(lane) : [];
  }

  /** Sum of unrealised PnL at the last prices; a position without a price counts 0. */
  unrealizedMicros(botId: string): number {
    const slot = this.#botSlots.get(botId);
    return slot === undefined ? 0 : (this.#totals[slot] ?? 0);
  }

  #revalue({ count, price, botSlots, sides, quantities, costs, unrealized }: Lane): void {
    const totals = this.#totals;
    for (let i = 0; i < count; i++) {
      const value =
        (sides[i] as number) * (roundMicros((quantities[i] as number) * price) - (costs[i] as number));
      const slot = botSlots[i] as number;
      totals[slot] = (totals[slot] as number) + value - (unrealized[i] as number);
      unrealized[i] = value;
    }
  }

  #hits({ count, price, botSlots, lowers, uppers }: Lane): string[] {
    const hits: string[] = [];
    for (let i = 0; i < count; i++)
      if (price <= (lowers[i] as number) || price >= (uppers[i] as number))
        hits.push(this.#botIds[botSlots[i] as number] as string);
    return hits;
  }

  #slotOf(botId: string): number {
    const known = this.#botSlots.get(botId);
    if (known !== undefined) return known;
    const slot = this.#botIds.length;
    if (slot >= this.#totals.length) {
      const wider = new Float64Array(this.#totals.length * 2);
      wider.set(this.#totals);
      this.#totals = wider;
    }
    this.#botIds.push(botId);
    this.#botSlots.set(botId, slot);
    return slot;
  }

  #lane(symbol: string): Lane {
    let lane = this.#lanes.get(symbol);
    if (!lane) {
      lane = createLane();
      this.#lanes.set(symbol, lane);
    }
    return lane;
  }

  #addTo(position: Position, slot: number): void {
    const lane = this.#lane(position.symbol);
    if (lane.count === lane.sides.length) grow(lane);
    const i = lane.count++;
    const isLong = position.side === 'LONG';
    const { lower, upper } = exitBand(position);
    lane.botSlots[i] = slot;
    lane.sides[i] = isLong ? 1 : -1;
    lane.quantities[i] = position.quantity;
    lane.costs[i] = position.costMicros;
    lane.lowers[i] = lower;
    lane.uppers[i] = upper;
    lane.highestLower = Math.max(lane.highestLower, lower);
    lane.lowestUpper = Math.min(lane.lowestUpper, upper);
    const value = Number.isNaN(lane.price)
      ? 0
      : (isLong ? 1 : -1) * (roundMicros(position.quantity * lane.price) - position.costMicros);
    lane.unrealized[i] = value;
    this.#totals[slot] = (this.#totals[slot] ?? 0) + value;
  }

  /** Takes a bot's positions out of a lane; the last one moves into the gap. */
  #removeFrom(symbol: string, slot: number): void {
    const lane = this.#lane(symbol);
    for (let i = lane.count - 1; i >= 0; i--) {
      if (lane.botSlots[i] !== slot) continue;
      this.#totals[slot] = (this.#totals[slot] ?? 0) - (lane.unrealized[i] ?? 0);
      const last = --lane.count;
      for (const column of [
        lane.botSlots,
        lane.sides,
        lane.quantities,
        lane.costs,
        lane.unrealized,
        lane.lowers,
        lane.uppers,
      ])
        column[i] = column[last] ?? 0;
    }
    lane.highestLower = lane.lowers.subarray(0, lane.count).reduce((a, b) => Math.max(a, b), 0);
    lane.lowestUpper = lane.uppers
      .subarray(0, lane.count)
      .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }
}

/**
 * As `notionalMicros`, on the product itself. `Math.round` takes as long as all the rest of the loop; from half a micro
 * to 2^52 micros (4.5 billion USD) this is the same.
 */
function roundMicros(usd: number): number {
  return Math.floor(usd * MICROS_PER_USD + 0.5);
}

function exitBand(position: Position): { lower: number; upper: number } {
  const { side, stopLoss, liquidationPrice, takeProfit } = position;
  if (side === 'LONG')
    return {
      lower: Math.max(stopLoss ?? 0, liquidationPrice ?? 0),
      upper: takeProfit ?? Number.POSITIVE_INFINITY,
    };
  return {
    lower: takeProfit ?? 0,
    upper: Math.min(stopLoss ?? Number.POSITIVE_INFINITY, liquidationPrice ?? Number.POSITIVE_INFINITY),
  };
}
