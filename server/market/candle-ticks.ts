import type { Candle, Tick } from '../engine/model.ts';

/** The instants, ms after a candle's start, at which its four prices are shown. Strictly increasing. */
export interface CandleInstants {
  readonly open: number;
  readonly firstExtreme: number;
  readonly secondExtreme: number;
  readonly close: number;
}

/** Open at once, the extremes after one and two thirds. */
export function candleInstants(candleMs: number, closeMs: number): CandleInstants {
  return {
    open: 0,
    firstExtreme: Math.floor(candleMs / 3),
    secondExtreme: Math.floor((2 * candleMs) / 3),
    close: closeMs,
  };
}

/**
 * The four prices a candle stands for, in order: open, then low and high when it closed at or above its open, else
 * high and low, then close. How the price came to the open is not known (`jump`); inside the candle every price
 * between was traded (`through`).
 */
export function ticksOfCandle(candle: Candle, instants: CandleInstants): readonly Tick[] {
  const { symbol, openedAt, open, high, low, close } = candle;
  const [first, second] = close >= open ? [low, high] : [high, low];
  const inside = { symbol, path: 'through', candle: { low, high } } as const;
  return [
    { symbol, price: open, at: openedAt + instants.open, path: 'jump' },
    { ...inside, price: first, at: openedAt + instants.firstExtreme },
    { ...inside, price: second, at: openedAt + instants.secondExtreme },
    { ...inside, price: close, at: openedAt + instants.close },
  ];
}

/** The four instants of an interval over all symbols that have a candle in it, without funding or edge. */
export function sweepCandles(
  candles: readonly Candle[],
  instants: CandleInstants,
): readonly { readonly at: number; readonly ticks: readonly Tick[] }[] {
  const openedAt = candles[0]?.openedAt;
  if (openedAt === undefined) return [];
  const paths = candles.map((candle) => ticksOfCandle(candle, instants));
  const offsets = [instants.open, instants.firstExtreme, instants.secondExtreme, instants.close];
  return offsets.map((offset, index) => ({
    at: openedAt + offset,
    ticks: paths.flatMap((path) => path.slice(index, index + 1)),
  }));
}
