import type { Candle } from '../../../engine/model.ts';

/** One row of a file. Volume is in units of the coin. */
export interface Row {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const WIDTH = FIELDS.length;

/** A symbol's candles, row after row in one typed array: 48 bytes each, whatever their number. */
export class CandleColumns {
  #cells = new Float64Array(1024 * WIDTH);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(row: Row): void {
    const offset = this.#length * WIDTH;
    if (offset === this.#cells.length) {
      const wider = new Float64Array(this.#cells.length * 2);
      wider.set(this.#cells);
      this.#cells = wider;
    }
    for (let index = 0; index < WIDTH; index += 1) this.#cells[offset + index] = row[FIELDS[index] ?? 'time'];
    this.#length += 1;
  }

  /** Gives back the memory kept for further rows. */
  trim(): void {
    this.#cells = this.#cells.slice(0, this.#length * WIDTH);
  }

  /** Start of candle `index`; Infinity after the last. */
  timeAt(index: number): number {
    return index < this.#length ? this.#cell(index, 0) : Infinity;
  }

  rowAt(index: number): Row {
    return {
      time: this.#cell(index, 0),
      open: this.#cell(index, 1),
      high: this.#cell(index, 2),
      low: this.#cell(index, 3),
      close: this.#cell(index, 4),
      volume: this.#cell(index, 5),
    };
  }

  candleAt(symbol: string, index: number): Candle {
    const { time, ...prices } = this.rowAt(index);
    return { symbol, openedAt: time, ...prices };
  }

  /** Index of the first candle that starts at or after `time`. */
  indexFrom(time: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cell(index: number, field: number): number {
    return this.#cells[index * WIDTH + field] ?? Number.NaN;
  }
}
