import { describe, expect, it } from 'vitest';
import { monthlyReturns } from './monthly-returns.ts';

const day = (text: string, [first, last]: readonly [number, number], epoch = 1) => ({
  epoch,
  at: Date.parse(`${text}Z`),
  first,
  last,
});

describe('monthly returns', () => {
  it('go from one month’s last value to the next’s, the first from the first value', () => {
    const days = [
      day('2025-12-30T23:59:50', [10_000, 9000]),
      day('2025-12-31T23:59:50', [9000, 12_000]),
      day('2026-01-01T00:00:10', [12_500, 12_500]),
      day('2026-01-31T23:00:00', [15_500, 15_000]),
      // February has no snapshot: March is measured from January's end.
      day('2026-03-05T12:00:00', [1, 13_500]),
    ];
    expect(monthlyReturns(days)).toEqual([
      { month: '2025-12', returnFraction: 0.2 },
      { month: '2026-01', returnFraction: 0.25 },
      { month: '2026-03', returnFraction: -0.1 },
    ]);
  });

  it('link what the epochs of one month returned', () => {
    const days = [
      day('2026-01-05T12:00:00', [10_000, 5000]),
      day('2026-01-20T12:00:00', [10_000, 12_000], 2),
      day('2026-02-20T12:00:00', [12_000, 6000], 2),
    ];
    // 0.5 x 1.2 - 1; then 6,000 / 12,000 - 1.
    expect(monthlyReturns(days)).toEqual([
      { month: '2026-01', returnFraction: -0.4 },
      { month: '2026-02', returnFraction: -0.5 },
    ]);
  });

  it('are null where a month began with nothing', () => {
    const days = [
      day('2026-01-05T12:00:00', [10_000, 0]),
      day('2026-02-05T12:00:00', [0, 0]),
      day('2026-02-20T12:00:00', [10_000, 11_000], 2),
    ];
    expect(monthlyReturns(days)).toEqual([
      { month: '2026-01', returnFraction: -1 },
      { month: '2026-02', returnFraction: null },
    ]);
  });

  it('of nothing are none', () => {
    expect(monthlyReturns([])).toEqual([]);
  });
});
