import { sign } from '../engine/mark.ts';
import type { Position } from '../engine/model.ts';
import { PositionColumns } from './position-columns.ts';

/** The exits of one symbol's open positions. */
interface Exits {
  readonly botIds: string[];
  /** The first price at or below, or at or above, which an exit is due. */
  readonly lowers: number[];
  readonly uppers: number[];
  /** The highest of `lowers` and the lowest of `uppers`: between them nobody's exit is due. */
  highestLower: number;
  lowestUpper: number;
  /** Of the symbol's price in `#prices`. */
  readonly priceSlot: number;
}

const FIRST_SIZE = 16;

/**
 * Knows every open position, marks them at the last prices and tells whose exits are due. The one mutable structure of
 * the money path: it decides nothing, the pure engine does on a hit.
 *
 * A price is noted and held against the exits at once; all positions are marked together when somebody next asks what
 * one of them is worth.
 */
export class MarkIndex {
  readonly #exits = new Map<string, Exits>();
  readonly #positions = new Map<string, readonly Position[]>();
  readonly #columns = new PositionColumns();
  /** NaN until a symbol's first price. */
  #prices = new Float64Array(FIRST_SIZE).fill(Number.NaN);
  #isMarked = false;

  /** Replaces what is known of a bot's open positions. */
  setPositions(botId: string, positions: readonly Position[]): void {
    for (const symbol of symbolsOf(this.#positions.get(botId) ?? [])) this.#removeExits(symbol, botId);
    for (const position of positions) this.#addExits(position, botId);
    if (positions.length === 0) this.#positions.delete(botId);
    else this.#positions.set(botId, positions);
    this.#layOut(botId);
  }

  /** Notes a price. @returns the bots of which an exit is due at it. */
  apply(symbol: string, price: number): readonly string[] {
    const exits = this.#exitsOf(symbol);
    const isFirst = Number.isNaN(this.#prices[exits.priceSlot]);
    this.#prices[exits.priceSlot] = price;
    this.#isMarked = false;
    if (isFirst) for (const botId of new Set(exits.botIds)) this.#layOut(botId);
    return price <= exits.highestLower || price >= exits.lowestUpper ? hits(exits, price) : [];
  }

  /** Sum of unrealised PnL at the last prices; a position without a price counts 0. */
  unrealizedMicros(botId: string): number {
    if (!this.#isMarked) this.#columns.mark(this.#prices);
    this.#isMarked = true;
    return this.#columns.totalMicros(botId);
  }

  /** Positions without a price are left out: marking them all alike needs no branch. */
  #layOut(botId: string): void {
    const rows = (this.#positions.get(botId) ?? []).map(({ symbol, side, quantity, costMicros }) => ({
      priceSlot: this.#exitsOf(symbol).priceSlot,
      sign: sign(side),
      quantity,
      costMicros,
    }));
    this.#columns.set(
      botId,
      rows.filter(({ priceSlot }) => !Number.isNaN(this.#prices[priceSlot])),
    );
    this.#isMarked = false;
  }

  #exitsOf(symbol: string): Exits {
    const known = this.#exits.get(symbol);
    if (known) return known;
    const priceSlot = this.#exits.size;
    if (priceSlot === this.#prices.length) {
      const wider = new Float64Array(priceSlot * 2).fill(Number.NaN);
      wider.set(this.#prices);
      this.#prices = wider;
    }
    const exits: Exits = {
      botIds: [],
      lowers: [],
      uppers: [],
      highestLower: 0,
      lowestUpper: Number.POSITIVE_INFINITY,
      priceSlot,
    };
    this.#exits.set(symbol, exits);
    return exits;
  }

  #addExits(position: Position, botId: string): void {
    const exits = this.#exitsOf(position.symbol);
    const { lower, upper } = exitBand(position);
    exits.botIds.push(botId);
    exits.lowers.push(lower);
    exits.uppers.push(upper);
    exits.highestLower = Math.max(exits.highestLower, lower);
    exits.lowestUpper = Math.min(exits.lowestUpper, upper);
  }

  #removeExits(symbol: string, botId: string): void {
    const exits = this.#exitsOf(symbol);
    const { botIds, lowers, uppers } = exits;
    for (let i = botIds.length - 1; i >= 0; i -= 1)
      if (botIds[i] === botId) for (const column of [botIds, lowers, uppers]) column.splice(i, 1);
    exits.highestLower = lowers.reduce((a, b) => Math.max(a, b), 0);
    exits.lowestUpper = uppers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }
}

function hits({ botIds, lowers, uppers }: Exits, price: number): string[] {
  return botIds.filter((_, i) => price <= (lowers[i] as number) || price >= (uppers[i] as number));
}

function symbolsOf(positions: readonly Position[]): ReadonlySet<string> {
  return new Set(positions.map(({ symbol }) => symbol));
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
