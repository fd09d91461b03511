import { MICROS_PER_USD } from '../engine/money.ts';

/** One open position as numbers. */
export interface PositionRow {
  /** Index of the symbol's price. */
  readonly priceSlot: number;
  /** +1 long, -1 short. */
  readonly sign: number;
  readonly quantity: number;
  readonly costMicros: number;
}

const FIRST_SIZE = 64;

function widen<T extends Int32Array | Float64Array>(column: T, wider: T): T {
  wider.set(column);
  return wider;
}

/**
 * The open positions of all bots, column by column and without gaps, so that marking them touches nothing but numbers.
 * Indexes below `#count` always hold a value: `as number` says so to the compiler.
 */
export class PositionColumns {
  #count = 0;
  #botSlots = new Int32Array(FIRST_SIZE);
  #priceSlots = new Int32Array(FIRST_SIZE);
  #signs = new Float64Array(FIRST_SIZE);
  #quantities = new Float64Array(FIRST_SIZE);
  #costs = new Float64Array(FIRST_SIZE);
  /** Unrealised PnL by bot slot, as of the last `mark`. */
  #totals = new Float64Array(FIRST_SIZE);
  /** Where a bot's positions lie; by bot slot. */
  readonly #places: number[][] = [];
  readonly #slots = new Map<string, number>();

  /** Replaces a bot's positions. */
  set(botId: string, rows: readonly PositionRow[]): void {
    const slot = this.#slotOf(botId);
    const places = this.#places[slot] as number[];
    for (const [i, row] of rows.entries()) {
      const at = places[i] ?? this.#append();
      places[i] = at;
      this.#botSlots[at] = slot;
      this.#priceSlots[at] = row.priceSlot;
      this.#signs[at] = row.sign;
      this.#quantities[at] = row.quantity;
      this.#costs[at] = row.costMicros;
    }
    while (places.length > rows.length) this.#remove(places.pop() as number);
  }

  /**
   * Values every position at the prices. Rounds as `notionalMicros` does: from half a micro to 2^52 micros (4.5 billion
   * USD) `floor(x + 0.5)` is the same, and `Math.round` takes as long as all the rest of the loop.
   */
  mark(prices: Float64Array): void {
    const [botSlots, priceSlots, totals] = [this.#botSlots, this.#priceSlots, this.#totals];
    const [signs, quantities, costs] = [this.#signs, this.#quantities, this.#costs];
    // Read inside the loop, a constant of another module doubles its time; so does a branch.
    const scale = MICROS_PER_USD;
    totals.fill(0);
    for (let i = 0; i < this.#count; i++) {
      const price = prices[priceSlots[i] as number] as number;
      const notional = Math.floor((quantities[i] as number) * price * scale + 0.5);
      const slot = botSlots[i] as number;
      totals[slot] = (totals[slot] as number) + (signs[i] as number) * (notional - (costs[i] as number));
    }
  }

  /** Sum of a bot's unrealised PnL, as of the last `mark`. */
  totalMicros(botId: string): number {
    const slot = this.#slots.get(botId);
    return slot === undefined ? 0 : (this.#totals[slot] as number);
  }

  #slotOf(botId: string): number {
    const known = this.#slots.get(botId);
    if (known !== undefined) return known;
    const slot = this.#slots.size;
    if (slot === this.#totals.length) this.#totals = widen(this.#totals, new Float64Array(slot * 2));
    this.#slots.set(botId, slot);
    this.#places.push([]);
    return slot;
  }

  #append(): number {
    const at = this.#count;
    if (at === this.#botSlots.length) {
      this.#botSlots = widen(this.#botSlots, new Int32Array(at * 2));
      this.#priceSlots = widen(this.#priceSlots, new Int32Array(at * 2));
      this.#signs = widen(this.#signs, new Float64Array(at * 2));
      this.#quantities = widen(this.#quantities, new Float64Array(at * 2));
      this.#costs = widen(this.#costs, new Float64Array(at * 2));
    }
    this.#count += 1;
    return at;
  }

  /** The last position moves into the gap. */
  #remove(at: number): void {
    this.#count -= 1;
    const last = this.#count;
    if (at === last) return;
    for (const column of [this.#botSlots, this.#priceSlots, this.#signs, this.#quantities, this.#costs])
      column[at] = column[last] as number;
    const places = this.#places[this.#botSlots[at] as number] as number[];
    places[places.indexOf(last)] = at;
  }
}
