import { describe, expect, it } from 'vitest';
import { tradeOf } from '../../live/fixtures.ts';
import { tradeMarks, withPrice } from './candle-data.ts';

const candle = { openedAt: 60_000, open: 10, high: 12, low: 9, close: 11, volume: 5 };

describe('withPrice', () => {
  it('moves the candle of the present and keeps its extremes', () => {
    expect(withPrice(candle, { price: 13, at: 90_000 }, 60_000)).toEqual({ ...candle, high: 13, close: 13 });
    expect(withPrice(candle, { price: 10, at: 90_000 }, 60_000)).toEqual({ ...candle, close: 10 });
  });

  it('opens the next candle at the last close', () => {
    expect(withPrice(candle, { price: 8, at: 120_000 }, 60_000)).toMatchObject({
      openedAt: 120_000,
      open: 11,
      high: 11,
      low: 8,
      close: 8,
    });
  });

  it('never writes into the past', () => {
    expect(withPrice(candle, { price: 8, at: 59_999 }, 60_000)).toBeNull();
  });
});

describe('tradeMarks', () => {
  it('puts fills on their candles, oldest first, and leaves out older ones', () => {
    const trades = [
      tradeOf({ executedAt: 125_000, tradeType: 'exit' }),
      tradeOf({ executedAt: 61_000 }),
      tradeOf({ executedAt: 1_000 }),
    ];
    const marks = tradeMarks(trades, [candle], 60_000);
    expect(marks.map(({ openedAt, kind }) => [openedAt, kind])).toEqual([
      [60_000, 'entry'],
      [120_000, 'exit'],
    ]);
  });
});
