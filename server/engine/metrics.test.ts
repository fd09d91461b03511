import { describe, expect, it } from 'vitest';
import {
  combineSegments,
  metrics,
  periodReturns,
  returnFraction,
  segmentOf,
  sharpeRatio,
} from './metrics.ts';

describe('drawdown', () => {
  it('is the largest fall from a peak', () => {
    // 120 -> 90 is 25 %, 130 -> 91 is 30 %, and 140 -> 126 is 10 %
    expect(segmentOf([100, 120, 90, 130, 91, 140, 126])).toEqual({
      first: 100,
      last: 126,
      min: 90,
      max: 140,
      maxDrawdown: 0.3,
    });
  });

  it('is 0 on the way up and 1 when all is lost', () => {
    expect(segmentOf([1, 2, 3]).maxDrawdown).toBe(0);
    expect(segmentOf([100, 0]).maxDrawdown).toBe(1);
  });

  it('is the same from joined parts as from the whole', () => {
    const joined = combineSegments(segmentOf([100, 120, 90, 130]), segmentOf([91, 140, 126]));
    expect(joined).toEqual(segmentOf([100, 120, 90, 130, 91, 140, 126]));
  });
});

describe('returns', () => {
  it('are relative to the close before', () => {
    expect(periodReturns([100, 110, 99])).toEqual([0.1, -0.1]);
    expect(periodReturns([100])).toEqual([]);
  });

  it('from nothing are 0', () => {
    expect(returnFraction(0, 10)).toBe(0);
  });
});

describe('Sharpe ratio', () => {
  it('is mean / sample deviation * sqrt(periods a year)', () => {
    // 12 times 2 % and 12 times 0: mean 0.01, every deviation 0.01,
    // variance 24 * 0.0001 / 23, mean / deviation = sqrt(23 / 24) = 0.978945; times sqrt(365) = 19.104973
    const returns = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 0.02 : 0));
    expect(sharpeRatio(returns, 365)).toBeCloseTo(18.70272, 4);
    expect(
      sharpeRatio(
        returns.map((value) => -value),
        365,
      ),
    ).toBeCloseTo(-18.70272, 4);
  });

  it('is unknown with fewer than 24 returns or without variation', () => {
    const returns = Array.from({ length: 23 }, (_, i) => i / 100);
    expect(sharpeRatio(returns, 365)).toBeNull();
    expect(sharpeRatio([...returns, 0.5], 365)).not.toBeNull();
    expect(
      sharpeRatio(
        Array.from({ length: 24 }, () => 0),
        365,
      ),
    ).toBeNull();
  });
});

it('takes all figures from closes', () => {
  // 24 periods, up 2 % and down 1 % by turns: 1.02 * 0.99 = 1.0098 each pair; the fall is 1 %
  const closes = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1.02 : 0.99)).reduce<
    [number, ...number[]]
  >((path, factor) => [...path, (path.at(-1) ?? 0) * factor], [100]);
  const result = metrics(closes, 1);
  expect(result.returnFraction).toBeCloseTo(1.0098 ** 12 - 1, 12);
  expect(result.maxDrawdown).toBeCloseTo(0.01, 12);
  // mean 0.005, every deviation 0.015: 0.005 / (0.015 * sqrt(24 / 23)) = 0.326315
  expect(result.sharpe).toBeCloseTo(0.326315, 5);
});
