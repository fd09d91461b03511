import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignCurves, curveFigures, inUnit, spreadLabels, toCsv } from './equity-data.ts';

describe('alignCurves', () => {
  it('puts curves on one axis and keeps the last value between points', () => {
    const aligned = alignCurves([
      {
        botId: 'a',
        points: [
          [1, 10],
          [3, 30],
        ],
      },
      {
        botId: 'b',
        points: [
          [2, 5],
          [4, 6],
        ],
      },
    ]);
    expect(aligned.times).toEqual([1, 2, 3, 4]);
    expect(aligned.values).toEqual([
      [10, 10, 30, null],
      [null, 5, 5, 6],
    ]);
  });

  it('draws percent from each bot’s own start', () => {
    const aligned = alignCurves([
      {
        botId: 'a',
        points: [
          [1, 100],
          [2, 150],
        ],
      },
    ]);
    expect(inUnit(aligned, 'pct').values).toEqual([[0, 0.5]]);
    expect(inUnit(aligned, 'log')).toBe(aligned);
  });

  it('has a table twin, best first', () => {
    const figures = curveFigures([
      {
        botId: 'a',
        points: [
          [1, 100],
          [2, 90],
        ],
      },
      {
        botId: 'b',
        points: [
          [1, 100],
          [2, 80],
          [3, 120],
        ],
      },
      { botId: 'c', points: [] },
    ]);
    expect(figures.map(({ botId }) => botId)).toEqual(['b', 'a']);
    expect(figures[0]).toMatchObject({ first: 100, last: 120, low: 80, high: 120 });
  });
});

describe('spreadLabels', () => {
  it('keeps labels apart, in order and inside, wherever the lines end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 }), (wanted) => {
        const placed = spreadLabels(wanted, 15, { top: 0, bottom: 400 });
        const sorted = placed.toSorted((a, b) => a - b);
        const gaps = sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0));
        expect(Math.min(...gaps, 15)).toBeGreaterThanOrEqual(15);
        expect(sorted[0]).toBeGreaterThanOrEqual(0);
        expect(sorted.at(-1)).toBeLessThanOrEqual(400);
      }),
    );
  });

  it('leaves labels that have room where the lines end', () => {
    expect(spreadLabels([300, 100], 15, { top: 0, bottom: 400 })).toEqual([300, 100]);
  });
});

describe('toCsv', () => {
  it('quotes what needs it and disarms formulas in names', () => {
    expect(toCsv(['time', 'a,b', '=SUM(A1)'], [[1, null, -2]])).toBe(`time,"a,b",'=SUM(A1)\r\n1,,-2`);
  });
});
