import type { Candle } from '../../../engine/model.ts';
import type { ReplaySymbol } from './load-folder.ts';

/** Walks all symbols' candles together, one interval after the other. */
export class Timeline {
  readonly #symbols: readonly ReplaySymbol[];
  readonly #cursors: number[];

  /** Begins with the first interval that starts at or after `from`. */
  constructor(symbols: readonly ReplaySymbol[], from: number) {
    this.#symbols = symbols;
    this.#cursors = symbols.map(({ columns }) => columns.indexFrom(from));
  }

  /** Start of the next interval in which any symbol has a candle; Infinity at the end. */
  peek(): number {
    let earliest = Infinity;
    for (const [row, { columns }] of this.#symbols.entries())
      earliest = Math.min(earliest, columns.timeAt(this.#cursors[row] ?? 0));
    return earliest;
  }

  /** The candles of the next interval; empty at the end. */
  next(): readonly Candle[] {
    const openedAt = this.#advance();
    return openedAt === Infinity
      ? []
      : this.#symbols.flatMap(({ spec, columns }, row) => {
          const index = (this.#cursors[row] ?? 0) - 1;
          return index >= 0 && columns.timeAt(index) === openedAt ? columns.candleAt(spec.symbol, index) : [];
        });
  }

  #advance(): number {
    const openedAt = this.peek();
    for (const [row, { columns }] of this.#symbols.entries()) {
      const cursor = this.#cursors[row] ?? 0;
      if (openedAt !== Infinity && columns.timeAt(cursor) === openedAt) this.#cursors[row] = cursor + 1;
    }
    return openedAt;
  }
}
