import { describe, expect, it } from 'vitest';
import { positionOf } from '../../live/fixtures.ts';
import { pnlAt, positionBar } from './position-bar.ts';

const placeOf = (marks: ReturnType<typeof positionBar>, kind: string) =>
  marks.find((mark) => mark.kind === kind)?.at;

describe('positionBar', () => {
  it('runs from the stop to the target, loss left, for both sides', () => {
    const long = positionBar(positionOf({ entryPrice: 100, stopLoss: 90, takeProfit: 120 }), 110);
    expect([placeOf(long, 'stop'), placeOf(long, 'target')]).toEqual([0, 1]);
    expect(placeOf(long, 'mark')).toBeCloseTo(2 / 3);
    const short = positionBar(
      positionOf({ side: 'SHORT', entryPrice: 100, stopLoss: 120, takeProfit: 90 }),
      95,
    );
    expect([placeOf(short, 'stop'), placeOf(short, 'target')]).toEqual([0, 1]);
    expect(placeOf(short, 'mark')).toBeCloseTo(5 / 6);
  });

  it('falls back to liquidation without a stop and keeps room where there is no target', () => {
    const marks = positionBar(
      positionOf({ entryPrice: 100, stopLoss: null, takeProfit: null, liquidationPrice: 60 }),
      100,
    );
    expect(marks.map(({ kind }) => kind)).toEqual(['liquidation', 'entry', 'mark']);
    expect(placeOf(marks, 'entry')).toBe(0.5);
  });

  it('has a middle when nothing but the entry is known', () => {
    const marks = positionBar(positionOf({ stopLoss: null, takeProfit: null, liquidationPrice: null }), null);
    expect(marks).toEqual([{ kind: 'entry', price: 67_200, at: 0.5 }]);
  });
});

describe('pnlAt', () => {
  it('gains with the price when long and against it when short', () => {
    const position = { quantity: 2, entryPrice: 100 };
    expect(pnlAt({ ...position, side: 'LONG' }, 110)).toBe(20);
    expect(pnlAt({ ...position, side: 'SHORT' }, 110)).toBe(-20);
  });
});
